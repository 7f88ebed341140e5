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
        ...(await missingPlans(config, ask)),
      ];
    default:
      return [];
  }
}

/** Linode's plans of databases that the sandbox doesn't list: those that this computer could not stand in for. */
async function missingPlans(config: NonNullable<StackDocument["config"]>, ask: Ask): Promise<readonly string[]> {
  const apps = Object.entries(
    (config["slipway:apps"] ?? {}) as Readonly<Record<string, { database?: unknown } | null>>,
  );
  const sections = [
    { path: "slipway:database", section: config["slipway:database"] },
    ...apps.map(([app, own]) => ({ path: `slipway:apps.${app}.database`, section: own?.database })),
  ];
  const asked = sections.flatMap(({ path, section }) => {
    const { size } = (section ?? {}) as { size?: unknown };
    return size === undefined ? [] : [{ path, size: String(size) }];
  });
  const found = await Promise.all(asked.map(({ size }) => ask(`/v4/databases/types/${size}`)));
  return asked
    .filter((_, index) => found[index] === undefined)
    .map(
      ({ path, size }) => `${path}.size: the sandbox has no ${size}; sandbox/linode/databases/catalog.ts is its list`,
    );
}
