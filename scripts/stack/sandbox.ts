/** The sandbox as the verbs use it: a program of its own, spoken to by its command line and its control prefix. */
import { execa } from "execa";
import { UserError } from "../lib/userError";
import { checkout } from "../setup/cache";
import type { Slot } from "./slot";

/**
 * Starts the sandbox, or finds it running. Its progress goes to this terminal.
 * @param bases further base images for apps, e.g. `ruby`
 */
export async function startSandbox(bases: readonly string[] = []): Promise<void> {
  await sandbox("start", ...(bases.length > 0 ? ["--with", ...bases] : []));
}

/** Ends the sandbox and removes everything it made. */
export async function purgeSandbox(): Promise<void> {
  await sandbox("stop", "--purge");
}

/** Starts the sandbox's S3 server, or finds it running; ends it. @param program the server */
export async function startObjects(program: string): Promise<void> {
  await sandbox("objects", "start", "--program", program);
}

/** @see startObjects */
export async function stopObjects(): Promise<void> {
  await sandbox("objects", "stop");
}

/** How many machines the sandbox has, of both clouds; 0 where it does not run. */
export async function machineCount(slot: Slot): Promise<number> {
  const asked = async (path: string) => {
    const response = await fetch(`${slot.api}${path}`, { headers: { authorization: "Bearer sandbox" } });
    return (await response.json()) as { droplets?: unknown[]; data?: unknown[] };
  };
  try {
    const { droplets = [] } = await asked("/v2/droplets?per_page=200");
    const { data: linodes = [] } = await asked("/v4/linode/instances?page_size=500");
    return droplets.length + linodes.length;
  } catch {
    return 0;
  }
}

/** A loopback address that leads to a port of a machine, for a browser on this computer. */
export async function forward(slot: Slot, address: string, port: number): Promise<{ host: string; port: number }> {
  const response = await fetch(`${slot.api}/_sandbox/forwards?address=${address}&port=${port}`);
  if (!response.ok) throw new UserError(`the sandbox opened no way to ${address}:${port}: ${await response.text()}`);
  return (await response.json()) as { host: string; port: number };
}

/** PEM file of what vouches for the certificates that the sandbox's own authority issues. */
export async function trustedIssuers(slot: Slot): Promise<string> {
  const health = (await (await fetch(`${slot.api}/_sandbox/health`)).json()) as { acme: { issuers: string } };
  return health.acme.issuers;
}

async function sandbox(...args: string[]): Promise<void> {
  const result = await execa("node", [checkout("dist", "sandbox", "main.js"), ...args], {
    stdio: ["ignore", 2, 2],
    reject: false,
  });
  if (result.exitCode !== 0) throw new UserError(`the sandbox could not ${args[0]}; the line above says why`);
}
