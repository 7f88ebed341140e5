import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings } from "../../stacks/settings";
import { SettingsError } from "../../stacks/settings/mistakes";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "sandbox/README.md",
  ...readdirSync("docs").map((name) => join("docs", name)),
];
const texts = pages.map((page) => ({ page, text: readFileSync(page, "utf8") }));

describe.each(texts)("$page", ({ page, text }) => {
  it("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => join(dirname(page), link ?? ""));
    expect(links.filter((link) => !existsSync(link))).toEqual([]);
  });

  it("names verbs that can be run", () => {
    for (const [, verb] of text.matchAll(/(?:\.\/)?scripts\/([a-z]+)(?=[\s`)])/g)) {
      const path = join("scripts", verb ?? "");
      if (["setup", "verbs"].includes(verb ?? "")) continue;
      expect(() => accessSync(path, constants.X_OK), path).not.toThrow();
    }
  });

  it("names npm scripts and tests that exist", () => {
    const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };
    const asked = [...text.matchAll(/npm (?:run ([a-z:0-9]+)|(test))/g)].map(([, run, test]) => run ?? test ?? "");
    expect(asked.filter((name) => !(name in scripts))).toEqual([]);
    const tests = [...text.matchAll(/--project e2e ([a-z ]+)`/g)].flatMap(([, names]) => names?.split(" ") ?? []);
    expect(tests.filter((name) => !existsSync(`test/e2e/${name}.test.ts`))).toEqual([]);
  });
});

describe("the committed stacks", () => {
  /** What Pulumi would hand over of a stack's file, secrets set. */
  const source = (stack: string, secrets: Record<string, string>) => {
    const { config } = parse(readFileSync(`Pulumi.${stack}.yaml`, "utf8")) as { config: Record<string, unknown> };
    const plain = Object.entries(config).filter(([key]) => !(key in secrets));
    return {
      project: "slipway",
      stack,
      values: {
        ...Object.fromEntries(
          plain.map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
        ),
        ...secrets,
      },
      isSecret: (key: string) => key in secrets,
      root: process.cwd(),
    };
  };

  it("are read without a mistake once their secrets are set", () => {
    const secrets = { "slipway:registry.password": "x" };
    expect(readSettings(source("dev", secrets)).apps[0]?.name).toBe("notes");
    expect(readSettings(source("staging", secrets)).apps[0]?.name).toBe("notes");
    expect(readSettings(source("prod", secrets)).host.protect).toBe(true);
  });

  it("lack nothing else: prod without its secret says so, and only so", () => {
    expect(() => readSettings(source("prod", {}))).toThrow(SettingsError);
    expect(() => readSettings(source("prod", {}))).toThrow(/^1 mistake in the settings of stack prod/);
  });
});
