/** The examples' stacks, as far as a machine is not needed to see it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readSettings } from "../../stacks/settings";

const root = process.cwd();
const files = readdirSync(join(root, "examples"), { recursive: true, encoding: "utf8" })
  .filter((file) => /^[a-z]+\/Pulumi\.[a-z-]+\.yaml$/.test(file))
  .sort();
const textOf = (file: string) => readFileSync(join(root, "examples", file), "utf8");

function settingsOf(file: string) {
  const { config } = parse(textOf(file)) as { config: Record<string, unknown> };
  const isSecret = (key: string) => typeof (config[key] as { secure?: unknown } | undefined)?.secure === "string";
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      isSecret(key) ? "opened" : typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  const stack = /Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? "";
  return readSettings({ project: "slipway", stack, values, isSecret, root });
}

describe("examples", () => {
  it("have a stack each, with the settings as the program wants them", () => {
    expect(files).toEqual([
      "events/Pulumi.events.yaml",
      "ferries/Pulumi.ferries.yaml",
      "portfolio/Pulumi.portfolio-staging.yaml",
      "portfolio/Pulumi.portfolio.yaml",
      "slumber/Pulumi.slumber.yaml",
      "survey/Pulumi.survey.yaml",
    ]);
    const apps = files.flatMap((file) => settingsOf(file).apps.map(({ name }) => name));
    expect([...new Set(apps)]).toEqual(["event1", "event2", "ferries", "home", "shelf", "links", "slumber", "survey"]);
  });

  it("have host names of their own, so that all can be up at once", () => {
    const hosts = files.flatMap((file) => [
      ...new Set(settingsOf(file).apps.flatMap(({ routes }) => routes.map(({ host }) => host))),
    ]);
    expect(new Set(hosts).size).toBe(hosts.length);
  });

  it("stage a production that differs in size and host names alone", () => {
    const staging = textOf("portfolio/Pulumi.portfolio-staging.yaml").replaceAll("-staging", "");
    const lines = (text: string) => text.split("\n").filter((line) => !/^#|^ {4}size: /.test(line));
    expect(lines(staging)).toEqual(lines(textOf("portfolio/Pulumi.portfolio.yaml")));
  });
});
