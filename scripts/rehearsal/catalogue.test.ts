import { describe, expect, it } from "vitest";
import { type Ask, catalogueShortfalls } from "./catalogue";

const answers: Record<string, unknown> = {
  "/v2/sizes?per_page=200": { sizes: [{ slug: "s-1vcpu-2gb", regions: ["fra1"] }] },
  "/v2/regions?per_page=200": { regions: [{ slug: "fra1" }, { slug: "nyc1" }] },
  "/v4/regions/eu-central": {},
  "/v4/linode/types/g6-standard-1": {},
  "/v4/databases/types/g6-nanode-1": {},
};
const ask: Ask = async (path) => answers[path];
const shortfalls = (host: object) => catalogueShortfalls({ config: { "slipway:host": host } }, ask);

describe("catalogueShortfalls", () => {
  it("finds nothing where the emulated cloud has it all", async () => {
    expect(await shortfalls({ provider: "digitalocean", region: "fra1", size: "s-1vcpu-2gb" })).toEqual([]);
    expect(await shortfalls({ provider: "existing", address: "192.0.2.7" })).toEqual([]);
    expect(await shortfalls({ provider: "stack", stack: "main" })).toEqual([]);
  });

  it("names the setting and what is not there", async () => {
    expect(await shortfalls({ provider: "digitalocean", region: "moon1", size: "s-9" })).toEqual([
      "slipway:host.region: the sandbox has no region moon1; sandbox/digitalocean/catalog is its list",
      "slipway:host.size: the sandbox has no size s-9; sandbox/digitalocean/catalog is its list",
    ]);
    expect(await shortfalls({ provider: "digitalocean", region: "nyc1", size: "s-1vcpu-2gb" })).toEqual([
      "slipway:host.size: the sandbox has no s-1vcpu-2gb in nyc1",
    ]);
    expect(await shortfalls({ provider: "linode", region: "eu-central", size: "g9" })).toEqual([
      "slipway:host.size: the sandbox has no size g9; sandbox/linode/catalog is its list",
    ]);
    const host = { provider: "linode", region: "eu-central", size: "g6-standard-1" };
    const apps = { notes: { database: { mode: "managed", size: "g6-dedicated-64" } }, plain: null };
    const database = { mode: "managed", size: "g6-nanode-1" };
    const config = { "slipway:host": host, "slipway:database": database, "slipway:apps": apps };
    expect(await catalogueShortfalls({ config }, ask)).toEqual([
      "slipway:apps.notes.database.size: the sandbox has no g6-dedicated-64; sandbox/linode/databases/catalog.ts is its list",
    ]);
  });
});
