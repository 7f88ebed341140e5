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

/** Settings for a real account, whose secrets are in no file. */
const isProduction = (file: string) => file.endsWith("-production.yaml");
const setByHand = Object.fromEntries(
  ["slipway:registry.password", "slipway:ferries.DATABASE_URL"].map((key) => [key, { secure: "v1:set by hand" }]),
);

function settingsOf(file: string) {
  const { config: committed } = parse(textOf(file)) as { config: Record<string, unknown> };
  const config = isProduction(file) ? { ...setByHand, ...committed } : committed;
  const isSecret = (key: string) => typeof (config[key] as { secure?: unknown } | undefined)?.secure === "string";
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      isSecret(key)
        ? "postgres://somebody@db.example.com/opened"
        : typeof value === "string"
          ? value
          : JSON.stringify(value),
    ]),
  );
  const stack = /Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? "";
  return readSettings({ project: "slipway", stack, values, isSecret, root });
}

describe("examples", () => {
  it("have a stack each, with the settings as the program wants them", () => {
    expect(files).toEqual([
      "events/Pulumi.events.yaml",
      "ferries/Pulumi.ferries-production.yaml",
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

  it("have their databases where their pages say", () => {
    const places = files.map((file) => [
      /Pulumi\.(.+)\.yaml$/.exec(file)?.[1],
      settingsOf(file).apps.map(({ database }) => database.at.mode),
    ]);
    expect(Object.fromEntries(places)).toEqual({
      events: ["host", "host"],
      "ferries-production": ["external"],
      ferries: ["container"],
      "portfolio-staging": ["host", "container", "container"],
      portfolio: ["host", "container", "container"],
      slumber: ["managed"],
      survey: ["host"],
    });
  });

  it("stage a production that differs in size and host names alone", () => {
    const staging = textOf("portfolio/Pulumi.portfolio-staging.yaml").replaceAll("-staging", "");
    const lines = (text: string) => text.split("\n").filter((line) => !/^#|^ {4}size: /.test(line));
    expect(lines(staging)).toEqual(lines(textOf("portfolio/Pulumi.portfolio.yaml")));
  });
});
