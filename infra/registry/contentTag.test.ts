import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { contentTag, contextFiles } from "./contentTag";

let context: string;
beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), "slipway-context-"));
  mkdirSync(join(context, "app"));
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\n");
  writeFileSync(join(context, "app", "main.py"), "print(1)\n");
  writeFileSync(join(context, "README.md"), "words\n");
  writeFileSync(join(context, ".dockerignore"), "*.md\nDockerfile\n");
});
afterEach(() => rmSync(context, { recursive: true }));

const tag = (change: Partial<Parameters<typeof contentTag>[0]> = {}) =>
  contentTag({ context, dockerfile: "Dockerfile", platform: "linux/amd64", args: {}, ...change });

it("sees the Dockerfile and what .dockerignore leaves, in one order", () => {
  expect(contextFiles(context, "Dockerfile")).toEqual([".dockerignore", "Dockerfile", "app/main.py"]);
});

it("is 16 hexadecimal digits that do not depend on times or ignored files", () => {
  const before = tag();
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  utimesSync(join(context, "app", "main.py"), 1, 1);
  writeFileSync(join(context, "README.md"), "other words\n");
  expect(tag()).toBe(before);
});

it("changes with a file, its executable bit, a new file, an argument, the target and the platform", () => {
  const tags = [tag(), tag({ args: { BASE: "debian" } }), tag({ target: "web" }), tag({ platform: "linux/arm64" })];
  chmodSync(join(context, "app", "main.py"), 0o755);
  tags.push(tag());
  writeFileSync(join(context, "app", "main.py"), "print(2)\n");
  tags.push(tag());
  writeFileSync(join(context, "app", "new.py"), "");
  tags.push(tag());
  expect(new Set(tags).size).toBe(tags.length);
});

it("does not depend on the order of arguments", () => {
  expect(tag({ args: { A: "1", B: "2" } })).toBe(tag({ args: { B: "2", A: "1" } }));
});

const write = (path: string, text: string) => {
  mkdirSync(dirname(join(context, path)), { recursive: true });
  writeFileSync(join(context, path), text);
};

it("is what it was for builds that were seen whole before: no upgrade releases them anew", () => {
  chmodSync(join(context, "Dockerfile"), 0o644);
  chmodSync(join(context, "app", "main.py"), 0o644);
  chmodSync(join(context, ".dockerignore"), 0o644);
  expect(tag()).toBe("2131cbc91f2623b9");
});

it.each<[string, string, (() => void) | undefined]>([
  ["the Dockerfile, ignored", "Dockerfile", undefined],
  ["the Dockerfile by another spelling, ignored", "./Dockerfile", undefined],
  ["the Dockerfile by a way around, ignored", "app/../Dockerfile", undefined],
  ["a Dockerfile in a folder that is ignored", "build/Dockerfile", () => write(".dockerignore", "build\n")],
  ["a Dockerfile outside of the context", "../docker-@/Dockerfile", undefined],
  ["a Dockerfile when everything is ignored", "Dockerfile", () => write(".dockerignore", "*\n!app\n")],
])("changes with %s", (_name, given, prepare) => {
  prepare?.();
  const dockerfile = given.replace("@", basename(context));
  write(dockerfile, "FROM one\n");
  try {
    const before = tag({ dockerfile });
    write(dockerfile, "FROM two\n");
    expect(tag({ dockerfile })).not.toBe(before);
  } finally {
    rmSync(join(context, "..", `docker-${basename(context)}`), { recursive: true, force: true });
  }
});

it("changes with what a Dockerfile that is a link leads to", () => {
  write("docker/real", "FROM one\n");
  write(".dockerignore", "docker\n");
  symlinkSync("docker/real", join(context, "linked"));
  const before = tag({ dockerfile: "linked" });
  write("docker/real", "FROM two\n");
  expect(tag({ dockerfile: "linked" })).not.toBe(before);
});

it("takes the ignore file beside the Dockerfile before the folder's own", () => {
  write("docker/web.Dockerfile", "FROM scratch\n");
  write("docker/web.Dockerfile.dockerignore", "app\n");
  expect(contextFiles(context, "docker/web.Dockerfile")).toEqual([
    ".dockerignore",
    "Dockerfile",
    "README.md",
    "docker/web.Dockerfile",
    "docker/web.Dockerfile.dockerignore",
  ]);
});

it("reads the ignore file as BuildKit does: case, slashes, exceptions, two stars, a mark at its beginning", () => {
  write("readme.md", "");
  write("app/logs/a.log", "");
  write("app/logs/keep.log", "");
  write("deep/er/cache/x", "");
  write(".dockerignore", "\ufeffreadme.md\r\n# words\n/app/logs/ \n!app/logs/keep.log\n**/cache\n");
  expect(contextFiles(context, "Dockerfile")).toEqual([
    ".dockerignore",
    "Dockerfile",
    "README.md",
    "app/logs/keep.log",
    "app/main.py",
  ]);
});

it("neither waits for nor stumbles over what is no file, and looks into nothing that is left out", async () => {
  execFileSync("mkfifo", [join(context, "pipe")]);
  const server = createServer().listen(join(context, "socket"));
  await once(server, "listening");
  write(".dockerignore", "data\n");
  write("data/secret", "");
  symlinkSync("nowhere", join(context, "dangling"));
  symlinkSync(".", join(context, "loop"));
  try {
    expect(contextFiles(context, "Dockerfile")).toEqual([
      ".dockerignore",
      "Dockerfile",
      "README.md",
      "app/main.py",
      "dangling",
      "loop",
      "pipe",
    ]);
    const before = tag();
    rmSync(join(context, "dangling"));
    symlinkSync("elsewhere", join(context, "dangling"));
    expect(tag()).not.toBe(before);
  } finally {
    server.close();
  }
});

it("changes when a file stops being for everybody to read, and not with what a umask makes of it", () => {
  const before = tag();
  chmodSync(join(context, "app", "main.py"), 0o664);
  expect(tag()).toBe(before);
  chmodSync(join(context, "app", "main.py"), 0o600);
  expect(tag()).not.toBe(before);
});
