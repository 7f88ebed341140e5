/** What a registry's refusal means, in words: Docker hands on the registry's own, which say little. */
import type { Login } from "./host";

/** How a login is renewed: on the host it lives for a release, or until the stack writes it anew. */
const renew =
  "renew it: pulumi config set --secret slipway:registry.pullPassword (slipway:registry.password where the stack has no login for pulling), then pulumi up";

/**
 * What is wrong with an image at a registry and what to do about it.
 * @param words what Docker said; it says "no basic auth credentials" both for a wrong password and for none
 */
export function registryWords(
  image: string,
  words: string,
  login: Pick<Login, "server" | "username"> | undefined,
): string {
  const told = (cause: string) => `${image}: ${cause} (${words})`;
  if (/toomanyrequests|too many requests|rate limit/i.test(words)) {
    return told(
      login
        ? `${login.server} lets ${login.username} pull no more for now: its limit is reached; wait, or take a plan with more pulls`
        : "the registry lets nobody without a login pull more for now from this address; wait, or give the stack a login there",
    );
  }
  // Docker Hub and GHCR answer so for what is not there, too, to those who may not know.
  if (/unauthorized|no basic auth|denied|authentication required|incorrect username or password/i.test(words)) {
    return told(
      login
        ? `the registry refuses the login of ${login.username} at ${login.server}: it has lapsed, may not read this image, or there is no such image; ${renew}`
        : "the registry asks for a login, or there is no such image",
    );
  }
  if (/manifest unknown|name unknown|not found/i.test(words)) {
    return told("there is no such image at the registry: was it pushed, and under this name?");
  }
  return `${image}: ${words}`;
}
