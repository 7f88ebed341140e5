import { chmodSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
