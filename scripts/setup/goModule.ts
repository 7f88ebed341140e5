import { mkdirSync, renameSync } from "node:fs";
import { dirname } from "node:path";
import { execa } from "execa";
import { Progress } from "../lib/progress";
import { UserError } from "../lib/userError";
import { checkout } from "./cache";

/** A program built from a small module that pins it and all it needs, with checksums. */
export interface GoProgram {
  /** Folder under `scripts/setup/go` with `go.mod` and `go.sum`. */
  readonly module: string;
  /** Import path of the program. */
  readonly package: string;
  readonly ldflags: string;
  /** Where the binary is put. It appears whole or not at all. */
  readonly output: string;
  readonly label: string;
}

/** Builds `program`; Go's own cache makes an interrupted build go on where it was. @throws UserError if Go is missing or fails */
export async function buildGoProgram(program: GoProgram): Promise<void> {
  const go = await execa("go", ["version"], { reject: false });
  if (go.exitCode !== 0)
    throw new UserError(`${program.label} can neither be downloaded nor built: install it, or Go 1.25 or later`);
  mkdirSync(dirname(program.output), { recursive: true });
  const partial = `${program.output}.${process.pid}.partial`;
  const progress = new Progress(`${program.label}: building from Go modules (up to 5 minutes)`);
  const build = execa(
    "go",
    ["build", "-v", "-mod=readonly", "-trimpath", "-ldflags", program.ldflags, "-o", partial, program.package],
    {
      cwd: checkout("scripts", "setup", "go", program.module),
      reject: false,
      stdout: "ignore",
      env: { CGO_ENABLED: "0" },
    },
  );
  let packages = 0;
  const last: string[] = [];
  for await (const line of build.iterable({ from: "stderr" })) {
    packages += 1;
    progress.detail(`${packages} packages`);
    last.push(line);
    if (last.length > 5) last.shift();
  }
  const result = await build;
  progress.done(result.exitCode === 0 ? "built" : "failed");
  if (result.exitCode !== 0) throw new UserError(`${program.label} could not be built: ${last.join(" ")}`);
  renameSync(partial, program.output);
}
