import type { Host } from "../host";
import type { Manifest } from "../manifest";
import { release } from "../release";
import { interruption } from "./interruption";
import { complain, say, sayJson } from "./output";

/** How a command wants a release carried out. */
export interface CarryOutOptions {
  /** Seconds to wait for another release of the app; the manifest's own limit where left out. */
  readonly wait?: number | undefined;
  /** Whether the outcome is printed as JSON; progress goes to standard error then. */
  readonly json?: boolean | undefined;
}

/** Carries out a manifest for a command: prints what happens and sets the exit code. */
export async function carryOut(host: Host, manifest: Manifest, { wait, json }: CarryOutOptions): Promise<void> {
  const outcome = await release(host, manifest, {
    wait,
    pid: process.pid,
    say: json ? complain : say,
    complain,
    interrupted: interruption(),
  });
  if (json) sayJson(outcome);
  process.exitCode = outcome.result === "failed" ? 1 : 0;
}
