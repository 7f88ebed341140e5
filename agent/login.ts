/** The registry's login that a host keeps for an app whose tags it follows; of any other app it keeps none. */
import * as z from "zod";
import { Failure } from "./failure";
import type { Host, Login } from "./host";
import { ImageTag, type Manifest } from "./manifest";
import { appPaths } from "./paths";
import { guard } from "./redact";

const StoredLogin = z.strictObject({ server: z.string(), username: z.string(), password: z.string() });

/**
 * Keeps the registry's login for an app whose host follows tags, readable by root alone; of any other app none is kept. Only a manifest that
 * names tags brings one to keep: with a release of digests, e.g. by CI, comes one for that release alone.
 */
export async function keepLogin(
  host: Host,
  { app, delivery, registry, processes }: Pick<Manifest, "app" | "delivery" | "registry" | "processes">,
): Promise<void> {
  const path = appPaths(app).login;
  const isStacks = Object.values(processes).some(({ image }) => ImageTag.safeParse(image).success);
  if (!delivery) await host.files.remove(path);
  else if (registry && isStacks) await host.files.write(path, `${JSON.stringify(registry)}\n`, 0o600);
}

/** The login kept for an app, if there is one. @throws Failure that never quotes the file */
export async function readLogin(host: Host, app: string): Promise<Login | undefined> {
  const path = appPaths(app).login;
  const text = await host.files.read(path);
  if (text === undefined) return undefined;
  try {
    const login = StoredLogin.parse(JSON.parse(text));
    guard([login.password]);
    return login;
  } catch {
    throw new Failure(`${path} holds no login; the next release by the stack writes it anew`);
  }
}
