import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hash } from "bcryptjs";
import type { LastingCertificate } from "../certificate";
import { type Engine, ifThere, statusOf } from "../engine";
import { tarOf } from "../machines/seed";
import { nameIn, registryPort, type Slot } from "../slot";

/** Login of every sandbox's registry. Public on purpose: it guards nothing but is asked for, as a real registry's is. */
export const registryLogin = { username: "slipway", password: "rehearsal-only" } as const;

const configuration = `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /var/lib/registry }, delete: { enabled: true } }
http: { addr: ":${registryPort}", tls: { certificate: /etc/sandbox/tls.crt, key: /etc/sandbox/tls.key } }
auth: { htpasswd: { realm: slipway-sandbox, path: /etc/sandbox/htpasswd } }
`;

const setupLabel = "slipway.registry";

/** Makes sure that the registry runs, as set up now. What was pushed outlives its container. */
export async function ensureRegistry(
  engine: Engine,
  slot: Slot,
  image: string,
  certificate: LastingCertificate,
): Promise<void> {
  const files = {
    "etc/sandbox/registry.yml": configuration,
    "etc/sandbox/tls.crt": certificate.certificate,
    "etc/sandbox/tls.key": certificate.key,
    "etc/sandbox/htpasswd": await htpasswd(join(slot.folder, "registry")),
  };
  const setup = createHash("sha256")
    .update(JSON.stringify([image, files]))
    .digest("hex");
  const name = nameIn(slot, "registry");
  const container = engine.docker.getContainer(name);
  const found = await ifThere(container.inspect());
  if (found?.Config.Labels[setupLabel] !== setup || found.State.Status === "created") {
    await ifThere(container.remove({ force: true }));
    await engine.docker.createVolume({ Name: name, Labels: { ...slot.label } });
    const made = await engine.docker.createContainer({
      name,
      Image: image,
      Labels: { ...slot.label, [setupLabel]: setup },
      HostConfig: {
        NetworkMode: slot.network.name,
        Memory: 256 * 1024 * 1024,
        CapDrop: ["ALL"],
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        Mounts: [{ Type: "volume", Source: name, Target: "/var/lib/registry" }],
      },
      NetworkingConfig: {
        EndpointsConfig: { [slot.network.name]: { IPAMConfig: { IPv4Address: slot.registry.address } } },
      },
    });
    await made.putArchive(await tarOf(files), { path: "/" });
  }
  await engine.docker
    .getContainer(name)
    .start()
    .catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
}

async function htpasswd(folder: string): Promise<string> {
  const file = join(folder, "htpasswd");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return kept;
  // The least cost there is: the password is public, and every request pays for it.
  const line = `${registryLogin.username}:${await hash(registryLogin.password, 4)}\n`;
  await mkdir(folder, { recursive: true });
  await writeFile(file, line);
  return line;
}
