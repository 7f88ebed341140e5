import { expect, it } from "vitest";
import { fetchPriceLists } from "./priceLists";
import { priceOf } from "./prices";

const answers: Readonly<Record<string, unknown>> = {
  "/v2/sizes?per_page=200": { sizes: [{ slug: "s-1vcpu-1gb", price_monthly: 6 }] },
  "/v4/linode/types?page_size=500": {
    data: [{ id: "g6-nanode-1", price: { monthly: 5 }, region_prices: [{ id: "br-gru", monthly: 7 }] }],
  },
  "/v4/databases/types?page_size=500": {
    data: [{ id: "g6-nanode-1", engines: { postgresql: [{ quantity: 1, price: { monthly: 16 } }] } }],
  },
  "/v4/volumes/types": { data: [{ id: "volume", price: { monthly: 0.1 }, region_prices: [] }] },
};
const linode = "linode:index/instance:Instance";

it("only what the plan has is asked for", async () => {
  const asked: string[] = [];
  const get = async (path: string) => {
    asked.push(path);
    return answers[path];
  };
  const { prices, problems } = await fetchPriceLists([linode, "linode:index/volume:Volume", "x:y:Z"], get);
  expect(asked).toEqual(["/v4/linode/types?page_size=500", "/v4/volumes/types"]);
  expect(problems).toEqual([]);
  expect(priceOf(linode, { type: "g6-nanode-1", region: "br-gru" }, prices)).toEqual({
    what: "Linode g6-nanode-1",
    monthly: 7,
  });
  expect(priceOf(linode, { type: "g6-nanode-1", region: "de-fra-2" }, prices)?.monthly).toBe(5);
});

it("every list is read as its cloud writes it", async () => {
  const types = ["digitalocean:index/droplet:Droplet", "linode:index/databasePostgresqlV2:DatabasePostgresqlV2"];
  const { prices } = await fetchPriceLists(types, async (path) => answers[path]);
  expect(prices.droplets?.get("s-1vcpu-1gb")).toBe(6);
  expect(prices.linodeDatabases?.get("g6-nanode-1")?.get(1)?.monthly).toBe(16);
});

it("a list that can't be had, or that isn't one, is said and left out", async () => {
  const { prices, problems } = await fetchPriceLists([linode, "digitalocean:index/droplet:Droplet"], async (path) => {
    if (path.startsWith("/v2/")) throw new Error("DigitalOcean answered 503 to GET /v2/sizes");
    return answers[path];
  });
  expect(problems).toEqual(["no price list: DigitalOcean answered 503 to GET /v2/sizes"]);
  expect(prices.droplets).toBeUndefined();
  expect(prices.linodes?.size).toBe(1);
});
