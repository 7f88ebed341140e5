/** What there is in a sandbox, so that what is left afterwards can be told. */
import { execa } from "execa";
import type { Slot } from "../stack/slot";
import type { Ask } from "./catalogue";

/** Where the emulated clouds list what a stack can make. What one of them does not know is not listed. */
const lists: Readonly<Record<string, string>> = {
  "/v2/account/keys?per_page=200": "ssh_keys",
  "/v2/databases": "databases",
  "/v2/domains?per_page=200": "domains",
  "/v2/droplets?per_page=200": "droplets",
  "/v2/firewalls?per_page=200": "firewalls",
  "/v2/reserved_ips?per_page=200": "reserved_ips",
  "/v2/volumes?per_page=200": "volumes",
  "/v4/databases/instances?page_size=500": "data",
  "/v4/domains?page_size=500": "data",
  "/v4/linode/instances?page_size=500": "data",
  "/v4/networking/firewalls?page_size=500": "data",
  "/v4/profile/sshkeys?page_size=500": "data",
  "/v4/volumes?page_size=500": "data",
};

/** A line for each thing of the emulated clouds, and for each container and volume of the sandbox on the engine. */
export async function inventory(slot: Slot, ask: Ask): Promise<readonly string[]> {
  const clouds = Object.entries(lists).map(async ([path, key]) => {
    const found = ((await ask(path)) ?? {}) as Record<string, { id?: unknown; name?: unknown; label?: unknown }[]>;
    return (found[key] ?? []).map(({ id, name, label }) => `${path.split("?")[0]} ${String(name ?? label ?? id)}`);
  });
  const filter = ["--filter", `label=slipway.sandbox=${slot.number}`];
  const engine = [
    execa("docker", ["ps", "-a", ...filter, "--format", "container {{.Names}}"]),
    execa("docker", ["volume", "ls", ...filter, "--format", "volume {{.Name}}"]),
  ].map(async (asked) => (await asked).stdout.split("\n").filter((line) => line !== ""));
  return (await Promise.all([...clouds, ...engine])).flat().sort();
}

/** Name of the sandbox's container at an address of its network. */
export async function containerAt(address: string, slot: number): Promise<string> {
  const { stdout } = await execa("docker", ["network", "inspect", `slipway-sandbox-${slot}`]);
  const [network] = JSON.parse(stdout) as { Containers: Record<string, { Name: string; IPv4Address: string }> }[];
  const found = Object.values(network?.Containers ?? {}).find(({ IPv4Address }) =>
    IPv4Address.startsWith(`${address}/`),
  );
  if (!found) throw new Error(`the sandbox has no container at ${address}`);
  return found.Name;
}
