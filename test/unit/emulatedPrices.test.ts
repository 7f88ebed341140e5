import { expect, it } from "vitest";
import { testSandbox } from "../../sandbox/testing";
import { fetchPriceLists } from "../../scripts/planning/priceLists";
import { priceOf } from "../../scripts/planning/prices";

it("every price list that a plan asks for is to be had of the emulated clouds", async () => {
  const { ask } = testSandbox();
  const get = async (path: string) => {
    const { status, body } = await ask("GET", path);
    if (status !== 200) throw new Error(`${path}: ${status}`);
    return body;
  };
  const [droplet, linode, database, volume] = [
    "digitalocean:index/droplet:Droplet",
    "linode:index/instance:Instance",
    "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
    "linode:index/volume:Volume",
  ];
  const { prices, problems } = await fetchPriceLists([droplet, linode, database, volume], get);
  expect(problems).toEqual([]);
  const monthly = (type: string, properties: object) => priceOf(type, { ...properties }, prices)?.monthly;
  expect(monthly(droplet, { size: "s-1vcpu-2gb" })).toBe(12);
  expect(monthly(linode, { type: "g6-standard-1", backupsEnabled: true })).toBe(14.5);
  expect(monthly(database, { type: "g6-standard-1", clusterSize: 3 })).toBe(74);
  expect(monthly(volume, { size: 20, region: "br-gru" })).toBeCloseTo(2.8);
});
