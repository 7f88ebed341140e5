import { expect, it } from "vitest";
import { registryWords } from "./registry-words";

const login = { server: "ghcr.io", username: "bot" };

it.each([
  ["Get https://ghcr.io/v2/: unauthorized: authentication required"],
  ["Get https://ghcr.io/v2/: denied: denied"],
  ["no basic auth credentials"],
  ["unauthorized: incorrect username or password"],
])("says which login %j is about, and how it is renewed", (words) => {
  const text = registryWords("ghcr.io/team/notes:main", words, login);
  expect(text).toContain("ghcr.io/team/notes:main: the registry refuses the login of bot at ghcr.io");
  expect(text).toContain("pulumi config set --secret slipway:registry.pullPassword");
  expect(text.endsWith(`(${words})`)).toBe(true);
});

it("says that a login is asked for where none was given", () => {
  expect(registryWords("team/notes:main", "pull access denied for team/notes", undefined)).toBe(
    "team/notes:main: the registry asks for a login, or there is no such image (pull access denied for team/notes)",
  );
});

it("tells a limit on pulls from a refusal", () => {
  const words = "toomanyrequests: You have reached your unauthenticated pull rate limit.";
  expect(registryWords("busybox:1", words, undefined)).toContain("lets nobody without a login pull more for now");
  expect(registryWords("busybox:1", words, login)).toContain("ghcr.io lets bot pull no more for now");
});

it("tells an image that is not there", () => {
  expect(registryWords("ghcr.io/team/notes:man", "manifest unknown", login)).toContain("there is no such image");
});

it("hands on what it does not know", () => {
  expect(registryWords("a:b", "connection refused", login)).toBe("a:b: connection refused");
});
