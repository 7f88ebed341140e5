import { Failure } from "../failure";
import { ENGINE, IN_UNIT, NODE } from "../front";
import { run } from "./process";

/** Seconds after which such a unit is ended. */
const LONGEST = 1_800;

/** What it may take of the machine: what nobody else wants, and never what an app needs. */
const MODEST = [
  "Nice=19",
  "CPUSchedulingPolicy=idle",
  "IOSchedulingClass=idle",
  "OOMScoreAdjust=800",
  "PrivateNetwork=yes",
  `RuntimeMaxSec=${LONGEST}`,
];

/**
 * Has systemd run a command of the engine's for an app, apart from this process; nothing happens while the last one still runs.
 * @throws Failure if systemd can't
 */
export async function inBackground(command: string, app: string): Promise<void> {
  const unit = `slipway-${app}_${command}`;
  const properties = MODEST.map((property) => `--property=${property}`);
  const argv = [
    "systemd-run",
    "--quiet",
    "--collect",
    `--unit=${unit}`,
    ...properties,
    `--setenv=${IN_UNIT}=1`,
  ] as const;
  const { code, output } = await run([...argv, "--", NODE, ENGINE, command, app]);
  if (code !== 0 && !/already (exists|loaded)|fragment file/.test(output))
    throw new Failure(`${unit}: ${output.trim()}`);
}
