import { expect, test } from "vitest";
import { envFile, readEnvFile } from "./env-file";

test("values that single quotes keep stay as they are; the others are escaped; names in order", () => {
  const environment = {
    B: 'a "b" $HOME $(id) # `id`',
    A: "",
    C: "it's $5",
    D: "one\ntwo\r\n",
    E: "back\\slash",
    F: `'"$\\`,
  };
  expect(envFile(environment)).toBe(
    [
      "A=''",
      "B='a \"b\" $HOME $(id) # `id`'",
      `C="it's \\$5"`,
      `D="one\\ntwo\\r\\n"`,
      `E="back\\\\slash"`,
      `F="'\\"\\$\\\\"`,
      "",
    ].join("\n"),
  );
  expect(readEnvFile(envFile(environment))).toEqual(environment);
});

test("no variable, no line", () => {
  expect(envFile({})).toBe("");
});
