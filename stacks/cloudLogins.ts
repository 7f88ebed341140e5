/** How a stack's settings have its clouds' own APIs asked. */
import type { CloudLogin } from "../infra/host/tenantsGuard";

/**
 * By provider of the machine. What is not in the settings is left out: the environment is each person's own, and must not reach an input.
 * @param values all of the stack's configuration
 */
export function cloudLogins(values: Readonly<Record<string, string>>): Readonly<Record<string, CloudLogin>> {
  return {
    digitalocean: { url: values["digitalocean:apiEndpoint"], token: values["digitalocean:token"] },
    linode: { url: values["linode:url"], token: values["linode:token"] },
  };
}
