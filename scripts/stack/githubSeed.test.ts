import { expect, it } from "vitest";
import { githubSeed } from "./githubSeed";

it("is the repository and the reviewers that the settings name", () => {
  const section = { repository: "acme/notes.app", reviewers: { users: ["ada"], teams: ["ops", 7] } };
  expect(githubSeed({ "slipway:github": section })).toEqual({
    path: "/_sandbox/github/repositories/acme/notes.app",
    body: { users: ["ada"], teams: ["ops"] },
  });
});

it("is nothing where no repository is named, or none that could be", () => {
  for (const section of [undefined, {}, { repository: 7 }, { repository: "https://github.com/acme/notes" }]) {
    expect(githubSeed({ "slipway:github": section })).toBeUndefined();
  }
});
