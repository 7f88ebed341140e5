/** Logins for registries. They live in memory only. */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Properties, Value } from "../wire";

/** A login for one registry. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly serveraddress: string;
}

/** The registry's host in an image's name; an `Error` if the name has none. */
export function registryOf(imageName: string): string | Error {
  const [host = "", ...rest] = imageName.split("/");
  if (rest.length > 0 && (/[.:]/.test(host) || host === "localhost")) return canonical(host);
  return new Error(
    `imageName is ${JSON.stringify(imageName)}, which names no registry; allowed: registry/repository:tag, e.g. docker.io/library/app:1`,
  );
}

/** Docker's own registry is known by many names, and logins for it are kept under an old one. */
function canonical(server: string): string {
  const host = server.replace(/^https?:\/\//, "").replace(/\/.*$/, "");
  return ["docker.io", "index.docker.io", "registry-1.docker.io"].includes(host) ? "https://index.docker.io/v1/" : host;
}

/** The login to push `imageName` with: the program's own, else what `docker login` left on this machine. */
export function loginFor(imageName: string, registry: Value | undefined): Login | undefined {
  const { server, username, password } = (registry ?? {}) as Properties;
  const serveraddress = server ? canonical(String(server)) : registryOf(imageName);
  if (serveraddress instanceof Error) throw serveraddress;
  if (username && password) return { username: String(username), password: String(password), serveraddress };
  return kept()[serveraddress];
}

/** Logins in Docker's configuration file, by server; those in a credential helper are not asked for. */
function kept(): Record<string, Login> {
  try {
    const file = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");
    const { auths = {} } = JSON.parse(readFileSync(file, "utf8")) as { auths?: Record<string, { auth?: string }> };
    const logins = Object.entries(auths).flatMap(([server, { auth }]): [string, Login][] => {
      const [username, ...password] = Buffer.from(auth ?? "", "base64")
        .toString()
        .split(":");
      if (!username) return [];
      return [[canonical(server), { username, password: password.join(":"), serveraddress: canonical(server) }]];
    });
    return Object.fromEntries(logins);
  } catch {
    return {};
  }
}
