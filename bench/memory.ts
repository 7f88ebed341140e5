import { readFileSync } from "node:fs";
import { execa } from "execa";
import type { TestStack } from "../test/e2e/support/stack";
import { median, type Report } from "./report";

/** Seconds a machine is left alone after a deploy before it counts as idle. */
const settle = 20;

/** Memory of the emulator's process and of a machine that runs one app. */
export async function memory(stack: TestStack): Promise<Report> {
  // A machine of its own: page cache that earlier deploys left active would count.
  await stack.verb("down");
  await stack.up();
  await new Promise((resolve) => setTimeout(resolve, settle * 1000));
  const health = (await (await fetch(`${stack.api}/_sandbox/health`)).json()) as { pid: number };
  const emulator = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${health.pid}/status`, "utf8"))?.[1]) / 1024;
  const machine: number[] = [];
  for (let reading = 0; reading < 3; reading++) machine.push(await machineMemory(stack));
  return {
    rows: [
      { what: "emulator, resident", value: emulator, limit: 150, unit: "MB" },
      { what: "machine, idle after a deploy", value: median(machine), limit: 400, unit: "MB" },
    ],
    raw: { "emulator, MB": [emulator], "machine, MB": machine },
  };
}

/** What `docker stats` counts: memory in use less the page cache that can be given up. */
async function machineMemory(stack: TestStack): Promise<number> {
  const [id] = await stack.docker(
    "ps",
    "-q",
    "--filter",
    `label=slipway.sandbox=${stack.slot}`,
    "--filter",
    "name=droplet",
  );
  const { stdout } = await execa("docker", ["stats", "--no-stream", "--format", "{{.MemUsage}}", id ?? ""]);
  const [, amount = "NaN", unit = ""] = /^([\d.]+)([KMG]iB)/.exec(stdout) ?? [];
  return Number(amount) * { KiB: 1 / 1024, MiB: 1, GiB: 1024 }[unit as "KiB" | "MiB" | "GiB"];
}
