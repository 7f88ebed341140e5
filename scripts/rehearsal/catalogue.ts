/** What a stack asks of a cloud that the emulated one does not have. */
import type { Slot } from "../stack/slot";
import type { StackDocument } from "./derive";

/** A cloud's answer to a GET: its body, or undefined for a 404. */
export type Ask = (path: string) => Promise<unknown>;

/** Asks the emulated clouds of a slot. */
export function asking(slot: Slot): Ask {
  return async (path) => {
    const response = await fetch(`${slot.api}${path}`, { headers: { authorization: "Bearer sandbox" } });
    return response.ok ? response.json() : undefined;
  };
}

/** Each shortfall with the setting it is about; empty where the sandbox has what the stack asks for. */
export async function catalogueShortfalls({ config = {} }: StackDocument, ask: Ask): Promise<readonly string[]> {
  const host = (config["slipway:host"] ?? {}) as Readonly<Record<string, unknown>>;
  const lacks = (key: string) =>
    `slipway:host.${key}: the sandbox has no ${key} ${String(host[key])}; sandbox/${String(host.provider)}/catalog is its list`;
  switch (host.provider) {
    case "digitalocean": {
      const { sizes = [] } = ((await ask("/v2/sizes?per_page=200")) ?? {}) as {
        sizes?: { slug: string; regions: string[] }[];
      };
      const { regions = [] } = ((await ask("/v2/regions?per_page=200")) ?? {}) as { regions?: { slug: string }[] };
      const size = sizes.find(({ slug }) => slug === host.size);
      return [
        ...(regions.some(({ slug }) => slug === host.region) ? [] : [lacks("region")]),
        ...(size ? [] : [lacks("size")]),
        ...(size && !size.regions.includes(String(host.region))
          ? [`slipway:host.size: the sandbox has no ${size.slug} in ${String(host.region)}`]
          : []),
      ];
    }
    case "linode":
      return [
        ...((await ask(`/v4/regions/${String(host.region)}`)) ? [] : [lacks("region")]),
        ...((await ask(`/v4/linode/types/${String(host.size)}`)) ? [] : [lacks("size")]),
      ];
    default:
      return [];
  }
}
