import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { basesOf, kindOf } from "./bases";

describe("basesOf", () => {
  it("finds the example app's base and the argument it can be given by", () => {
    const text = readFileSync("examples/notes/Dockerfile", "utf8");
    expect(basesOf(text, {})).toEqual([{ image: "python:3.13-slim", argument: "BASE" }]);
    expect(basesOf(text, { BASE: "mine:1" })).toEqual([{ image: "mine:1", argument: "BASE" }]);
  });

  it("leaves stages and scratch out, reads flags, continuations, defaults and parts of names", () => {
    const text = `# FROM nothing
ARG VERSION="20"
ARG TOOLS=ghcr.io/team/tools:1
FROM --platform=linux/amd64 \\
  node:\${VERSION}-slim AS build
ARG LATE=late:1
FROM $TOOLS as Tools
FROM \${NONE:-debian:13}
FROM build
from tools
FROM scratch
`;
    expect(basesOf(text, { VERSION: "22", LATE: "x" })).toEqual([
      { image: "node:22-slim" },
      { image: "ghcr.io/team/tools:1", argument: "TOOLS" },
      { image: "debian:13" },
    ]);
  });
});

it("calls an image by what it is", () => {
  expect(["python:3.13-slim", "docker.io/library/node@sha256:aa", "localhost:5000/ruby", "debian"].map(kindOf)).toEqual(
    ["python", "node", "ruby", "debian"],
  );
});
