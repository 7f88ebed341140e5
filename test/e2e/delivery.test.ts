/** What others release and people take back, next to a stack: rollback, a tag that moves, and `pulumi up` that undoes neither. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, askConstantly, TestStack } from "./support/stack";

const stack = new TestStack(9);
const registry = `10.213.${stack.slot}.2:5000`;
const main = `${registry}/notes:main`;
const login = mkdtempSync(join(tmpdir(), "slipway-login-"));
let url = "";

beforeAll(async () => {
  await stack.verb("down");
  url = (await stack.up()).url;
});
afterAll(async () => {
  await stack.remove();
  rmSync(login, { recursive: true, force: true });
});

/** A row of `slipway releases --json`, as far as it is looked at here. */
interface Release {
  readonly release: number;
  readonly actor: string;
  readonly commit?: string;
  readonly images: Readonly<Record<string, string>>;
  readonly result: string;
  readonly rollback?: number;
}

const rows = async () =>
  (await stack.onMachine("cat", "/var/lib/slipway/apps/notes/ledger.jsonl"))
    .split("\n")
    .map((line) => JSON.parse(line) as Release);
const last = async () => (await rows()).at(-1) as Release;
const heading = async () => /<h1>([^<]*)</.exec((await ask(url)).body)?.[1];
const retitle = (title: string) =>
  stack.edit("board/templates/board/board.html", (text) => text.replace(/<h1>[^<]*</, `<h1>${title}<`));

/** Runs a verb of the engine on the machine. */
async function slipway(...args: string[]): Promise<{ exitCode: number; all: string }> {
  const result = await stack.onMachine("bash", "-c", `slipway ${args.join(" ")} 2>&1; echo "exit $?"`);
  const [, all = "", code] = /^([\s\S]*?)\n?exit (\d+)$/.exec(result) ?? [];
  return { exitCode: Number(code), all };
}

describe("a rollback", () => {
  it("makes the release before live again without losing a request, and runs no release command", async () => {
    retitle("Second notes");
    await stack.up();
    expect(await heading()).toBe("Second notes");
    const load = askConstantly(url);
    const { exitCode, all } = await slipway("rollback", "notes");
    expect((await load.stop()).failures).toEqual([]);
    expect(all).toContain("back from release 2 to what release 1 was");
    expect(all).toContain("the release command is not run");
    expect(all).not.toContain("✓ release command");
    expect(exitCode).toBe(0);
    expect(await heading()).toBe("Notes");
    const [first, , third] = await rows();
    expect(third).toMatchObject({
      release: 3,
      rollback: 1,
      result: "live",
      images: first?.images,
      commit: first?.commit,
    });
  });

  it("is not undone by the next up of an unchanged program", async () => {
    expect((await stack.up()).changes).toBe("0 changes");
    expect([await heading(), (await last()).release]).toEqual(["Notes", 3]);
  });

  it("is not undone by an up that changes something else, which says so", async () => {
    stack.configure((settings) => settings.setIn(["config", "slipway:apps", "notes", "env", "COLOUR"], "blue"));
    const outcome = await stack.verb("up");
    expect(outcome.exitCode).toBe(0);
    expect(outcome.all).toContain("web stays at release 3's image");
    expect(await heading()).toBe("Notes");
    expect(await stack.onMachine("bash", "-c", "grep COLOUR /var/lib/slipway/apps/notes/releases/4/env")).toBe(
      "COLOUR='blue'",
    );
    expect((await stack.up()).changes).toBe("0 changes");
  });

  it("ends with the next image the stack makes", async () => {
    retitle("Third notes");
    await stack.up();
    expect(await heading()).toBe("Third notes");
    expect(await last()).not.toHaveProperty("rollback");
  });

  it("to what is gone is refused before anything is touched", async () => {
    expect(await slipway("rollback", "notes", "99")).toEqual({
      exitCode: 1,
      all: "slipway: release 99 of notes is not on record; those that can be had: 4, 3, 2, 1",
    });
    expect((await last()).release).toBe(5);
  });
});

describe("a host that follows a tag", () => {
  /** Builds an image from the live one and moves the tag to it. @returns the image by digest */
  async function push(from: string, change: string): Promise<string> {
    await execa("docker", ["build", "--quiet", "--tag", main, "-"], { input: `FROM ${from}\n${change}\n` });
    await execa("docker", ["--config", login, "push", "--quiet", main]);
    const digests = await stack.docker(
      "image",
      "inspect",
      "--format",
      "{{range .RepoDigests}}{{println .}}{{end}}",
      main,
    );
    return digests.find((digest) => digest.startsWith(`${registry}/notes@`)) ?? "no digest";
  }
  const titled = (title: string) => `RUN sed -i 's|<h1>[^<]*<|<h1>${title}<|' board/templates/board/board.html`;
  let base = "";

  it("starts with what the tag stands for", async () => {
    base = (await last()).images.web ?? "";
    await execa("docker", ["--config", login, "login", "--username", "slipway", "--password-stdin", registry], {
      input: "rehearsal-only",
    });
    const pushed = await push(base, titled("Pushed notes"));
    stack.edit("compose.yaml", (text) => text.replace("    build: .\n", `    build: .\n    image: ${main}\n`));
    stack.configure((settings) => settings.setIn(["config", "slipway:apps", "notes", "delivery"], { every: 86_400 }));
    await stack.up();
    expect(await heading()).toBe("Pushed notes");
    expect(await last()).toMatchObject({ release: 6, images: { web: pushed }, result: "live" });
    expect(await stack.onMachine("stat", "-c", "%a %U", "/var/lib/slipway/apps/notes/login.json")).toBe("600 root");
    expect((await stack.up()).changes).toBe("0 changes");
    expect(await slipway("follow", "notes")).toEqual({ exitCode: 0, all: "" });
  });

  it("releases what the tag moves to, without losing a request", async () => {
    const pushed = await push(base, titled("Moved notes"));
    const load = askConstantly(url);
    const { exitCode } = await slipway("follow", "notes");
    expect((await load.stop()).failures).toEqual([]);
    expect(exitCode).toBe(0);
    expect(await heading()).toBe("Moved notes");
    expect(await last()).toMatchObject({ release: 7, actor: "tag main", images: { web: pushed }, result: "live" });
    expect((await stack.up()).changes).toBe("0 changes");
  });

  it("never lets a broken image go live, and leaves it alone from then on", async () => {
    await push(base, `CMD ["python", "-c", "raise SystemExit('broken on purpose')"]`);
    const load = askConstantly(url);
    const { exitCode, all } = await slipway("follow", "notes");
    expect(exitCode).toBe(1);
    expect(all).toContain("broken on purpose");
    expect(await slipway("follow", "notes")).toEqual({ exitCode: 0, all: "" });
    expect((await load.stop()).failures).toEqual([]);
    expect(await heading()).toBe("Moved notes");
    expect((await rows()).map(({ result }) => result).slice(-2)).toEqual(["live", "failed"]);
  });

  it("is held by a rollback until someone lets it go on", async () => {
    await push(base, titled("Fourth notes"));
    expect((await slipway("rollback", "notes", "6")).exitCode).toBe(0);
    expect(await heading()).toBe("Pushed notes");
    const held = await slipway("follow", "notes");
    expect([held.exitCode, held.all]).toEqual([
      0,
      expect.stringContaining("notes follows no tag: rollback to release 6"),
    ]);
    expect((await stack.up()).changes).toBe("0 changes");
    expect((await slipway("follow", "notes", "--resume")).exitCode).toBe(0);
    expect(await heading()).toBe("Fourth notes");
  });
});
