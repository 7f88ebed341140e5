import { describe, expect, it } from "vitest";
import { Failure } from "./failure";
import { admitted } from "./gate";

const image = `ghcr.io/team/notes@sha256:${"a".repeat(64)}`;
const sudo = ["sudo", "--non-interactive", "/usr/local/bin/slipway", "release"];

describe("the gate", () => {
  it("lets a release of an app of its own through, as an argument list", () => {
    expect(admitted(`slipway release notes --image web=${image}`, ["notes"])).toEqual([
      ...sudo,
      "notes",
      `--image=web=${image}`,
      "--actor=ci",
      "--forward",
    ]);
    expect(
      admitted(
        `sudo /usr/local/bin/slipway release --image ${image} --image 'worker=${image}' shop --login --json --commit abc ` +
          `--run "https://ci.test/1?a=b&c" --sequence 5 --wait 60 --actor 'Ana; rm -rf /'`,
        ["notes", "shop"],
      ),
    ).toEqual([
      ...sudo,
      "shop",
      `--image=${image}`,
      `--image=worker=${image}`,
      "--commit=abc",
      "--run=https://ci.test/1?a=b&c",
      "--sequence=5",
      "--wait=60",
      "--actor=Ana; rm -rf / (ci)",
      "--forward",
      "--login",
      "--json",
    ]);
  });

  const allowed = "this key may only run: slipway release notes|shop --image PROCESS=IMAGE@DIGEST";
  it.each([
    [undefined, "a shell was asked for"],
    ["  ", "a shell was asked for"],
    ["bash", "«bash» is not slipway"],
    ["sudo", "nothing is not slipway"],
    ["sudo -u root slipway release notes", "«-u» is not slipway"],
    ["/tmp/slipway release notes", "«/tmp/slipway» is not slipway"],
    ["scp -t /etc", "«scp» is not slipway"],
    ["/usr/lib/openssh/sftp-server", "«/usr/lib/openssh/sftp-server» is not slipway"],
    ["rsync --server -e.LsfxC . /", "«rsync» is not slipway"],
    ["slipway", "slipway nothing is not release"],
    ["slipway status", "slipway «status» is not release"],
    ["slipway releases notes", "slipway «releases» is not release"],
    ["slipway rollback notes", "slipway «rollback» is not release"],
    ["slipway release", "no app is named, and whole manifests are for the stack"],
    ["slipway release wiki", "«wiki» is not an app of this key"],
    ["slipway release notes shop", "«shop» is one word too many"],
    ["slipway release notes -- shop", "«shop» is one word too many"],
    ["slipway release notes --volumes", "Unknown option '--volumes'"],
    ["slipway release notes --image", "Option '--image <value>' argument missing"],
    ["slipway release notes --image --login", "Option '--image' argument is ambiguous"],
    ["slipway release notes; id", "the command is more than plain words"],
    ["slipway release notes && id", "the command is more than plain words"],
    ["slipway release notes | sh", "the command is more than plain words"],
    ["slipway release notes > /etc/passwd", "the command is more than plain words"],
    ["slipway release notes &", "the command is more than plain words"],
    ["slipway release $(id)", "the command is more than plain words"],
    ["slipway release `id`", "the command is more than plain words"],
    ["slipway release $APP", "the command is more than plain words"],
    ['slipway release "$APP"', "the command is more than plain words"],
    ["slipway release note*", "the command is more than plain words"],
    ["slipway release notes # shop", "the command is more than plain words"],
    ["slipway release notes\nid", "the command is more than plain words"],
    ["slipway release notes\0", "the command is more than plain words"],
  ])("refuses %j: %s", (command, why) => {
    expect(() => admitted(command, ["notes", "shop"])).toThrow(new Failure(`refused: ${why}; ${allowed}`));
  });
});
