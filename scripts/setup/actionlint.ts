import { existsSync } from "node:fs";
import { cacheFolder } from "./cache";
import { buildGoProgram } from "./goModule";

/** Version of actionlint, as in scripts/setup/go/actionlint/go.mod. */
const version = "1.7.12";

/** The linter of GitHub's workflow files, built once. @returns its path @throws UserError without Go */
export async function ensureActionlint(): Promise<string> {
  const output = cacheFolder("tools", `actionlint-${version}`);
  if (!existsSync(output)) {
    await buildGoProgram({
      label: `actionlint ${version}`,
      module: "actionlint",
      package: "github.com/rhysd/actionlint/cmd/actionlint",
      ldflags: "-s -w",
      output,
    });
  }
  return output;
}
