import { expect, it } from "vitest";
import { commandLine } from "./commandLine";

it("quotes what a shell would take apart, and nothing else", () => {
  expect(commandLine(["sudo", "bash", "-euo", "pipefail", "-s"])).toBe("sudo bash -euo pipefail -s");
  expect(commandLine(["psql", "-c", 'DROP DATABASE IF EXISTS "notes"'])).toBe(
    "psql -c 'DROP DATABASE IF EXISTS \"notes\"'",
  );
  expect(commandLine(["echo", "$HOME; rm -rf /", "it's"])).toBe(`echo '$HOME; rm -rf /' "it's"`);
});
