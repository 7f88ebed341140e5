/** A machine of the sandbox that nobody has taken in yet: it stands for one that the user has already. */
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import ssh2 from "ssh2";
import { UserError } from "../lib/userError";
import type { Slot } from "../stack/slot";
import { containerAt } from "./inventory";

/** How a machine that is there already is reached. */
export interface ExistingMachine {
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Public half, one line as in authorized_keys. */
  readonly hostKey: string;
  /** OpenSSH form. */
  readonly privateKey: string;
}

/** Longest wait for a machine to boot, in ms. */
const PATIENCE = 180_000;
const ORDER = { name: "bare", region: "fra1", size: "s-2vcpu-4gb", image: "debian-13-x64" };

/** Orders one, and reads its host key as its owner would, from the machine itself. @throws UserError if the sandbox makes none */
export async function bareMachine(slot: Slot): Promise<ExistingMachine> {
  const login = ssh2.utils.generateKeyPairSync("ed25519");
  const { ssh_key } = await ask<{ ssh_key: { id: number } }>(slot, "/v2/account/keys", {
    name: ORDER.name,
    public_key: `${login.public} ${ORDER.name}`,
  });
  const { droplet } = await ask<{ droplet: { id: number } }>(slot, "/v2/droplets", {
    ...ORDER,
    ssh_keys: [ssh_key.id],
  });
  const address = await addressOf(slot, droplet.id);
  const inside = ["exec", await containerAt(address, slot.number)];
  await execa("docker", [...inside, "cloud-init", "status", "--wait"], { reject: false, timeout: PATIENCE });
  const { stdout } = await execa("docker", [...inside, "cat", "/etc/ssh/ssh_host_ed25519_key.pub"]);
  const hostKey = stdout.split(" ").slice(0, 2).join(" ").trim();
  return { address, port: 22, user: "root", hostKey, privateKey: login.private };
}

/** The machine's public address, once it is on. */
async function addressOf(slot: Slot, id: number): Promise<string> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(300)) {
    const { droplet } = await ask<{
      droplet: { status: string; networks: { v4: { ip_address: string; type: string }[] } };
    }>(slot, `/v2/droplets/${id}`);
    const address = droplet.networks.v4.find(({ type }) => type === "public")?.ip_address;
    if (droplet.status === "active" && address !== undefined) return address;
  }
  throw new UserError("the sandbox's machine did not boot; ./scripts/sandbox status says how the sandbox is");
}

async function ask<T>(slot: Slot, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${slot.api}${path}`, {
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  if (!response.ok)
    throw new UserError(`the sandbox answered ${path} with ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
