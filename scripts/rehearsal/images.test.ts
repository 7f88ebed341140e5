import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ImageSource, planImages } from "./images";

const root = mkdtempSync(join(tmpdir(), "slipway-images-"));
afterAll(() => rmSync(root, { recursive: true }));

const app = (name: string, compose: string, dockerfile: string) => {
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, "compose.yaml"), compose);
  writeFileSync(join(root, name, "Dockerfile"), dockerfile);
};
app(
  "shop",
  "services: { web: { build: { context: ., args: [UNUSED=1] } }, db: { image: 'postgres:17', profiles: [dev] } }",
  "ARG BASE=python:3.12\nFROM $BASE\n",
);
app("blog", "services: { web: { build: . } }", "FROM python:3.12\n");
app("wiki", "services: { web: { image: 'ghcr.io/team/wiki:main' } }", "");
app("perl", "services: { web: { build: . } }", "ARG BASE=perl:5\nFROM $BASE\n");

const document = (...names: string[]) => ({
  config: { "slipway:apps": Object.fromEntries(names.map((name) => [name, { folder: name }])) },
});
const having = (...images: string[]): ImageSource => ({
  isBuildable: async (image) => images.includes(image),
  isPullable: async (image) => images.includes(image),
  standIn: async (kind) => (kind === "python" ? "slipway-sandbox/python:3.13" : undefined),
});

describe("planImages", () => {
  it("leaves an app alone whose base can be had", async () => {
    expect(await planImages(document("shop", "blog"), root, having("python:3.12"))).toEqual({
      buildArguments: {},
      shortfalls: [],
    });
  });

  it("gives the sandbox's base by the Dockerfile's own argument", async () => {
    expect(await planImages(document("shop"), root, having())).toEqual({
      buildArguments: { shop: { BASE: "slipway-sandbox/python:3.13" } },
      shortfalls: [],
    });
  });

  it("says of each image that can't be had what to do", async () => {
    expect((await planImages(document("blog", "wiki", "perl"), root, having())).shortfalls).toEqual([
      "app blog: its base image python:3.12 can't be pulled from here; slipway-sandbox/python:3.13 stands for it if the Dockerfile takes its base as an argument: ARG BASE=python:3.12, FROM ${BASE}",
      "app wiki: ghcr.io/team/wiki:main of services.web can't be pulled from here; a rehearsal needs an image that is built here or can be pulled without a login",
      "app perl: its base image perl:5 can't be pulled from here, and the sandbox has none that stands for perl",
    ]);
  });
});
