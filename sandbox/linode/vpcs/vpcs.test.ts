import { expect, it } from "vitest";
import { linodeBody, testSandbox } from "../../testing";

const ID = 238001;

it("gives a Linode's interface an address of a subnet, on record, and keeps the subnet while it is used", async () => {
  const { ask, settled } = testSandbox();
  const made = await ask("POST", "/v4/vpcs", {
    label: "app",
    region: "de-fra-2",
    subnets: [{ label: "one", ipv4: "10.0.4.0/24" }],
  });
  expect(made.body).toMatchObject({
    id: ID,
    label: "app",
    description: "",
    subnets: [{ id: 241001, ipv4: "10.0.4.0/24" }],
  });
  const interfaces = [
    { purpose: "public", primary: true },
    { purpose: "vpc", subnet_id: 241001, ipv4: { nat_1_1: "any" } },
  ];
  await ask("POST", "/v4/linode/instances", linodeBody({ interfaces }));
  await settled();
  const { data } = (await ask("GET", "/v4/linode/instances/101000001/configs")).body;
  expect(data[0].interfaces).toMatchObject([
    { purpose: "public", primary: true, active: true, vpc_id: null, ipv4: null },
    { purpose: "vpc", vpc_id: ID, subnet_id: 241001, ipv4: { vpc: "10.0.4.2", nat_1_1: "10.213.0.10" } },
  ]);
  expect((await ask("GET", `/v4/vpcs/${ID}/subnets/241001`)).body.linodes).toMatchObject([{ id: 101000001 }]);
  expect((await ask("DELETE", `/v4/vpcs/${ID}`)).status).toBe(400);
  await ask("DELETE", "/v4/linode/instances/101000001");
  await settled();
  expect((await ask("DELETE", `/v4/vpcs/${ID}/subnets/241001`)).status).toBe(200);
  expect((await ask("DELETE", `/v4/vpcs/${ID}`)).body).toEqual({});
});

it.each([
  [{ label: "a_b" }, "Must only use ASCII letters, numbers, and dashes", "label"],
  [{ label: "taken" }, "Label must be unique among your VPCs", "label"],
  [{ region: "eu-west" }, "region is not valid", "region"],
  [{ subnets: [{ label: "one", ipv4: "192.0.2.0/24" }] }, /^Must be in 10\.0\.0\.0\/8/, "ipv4"],
  [
    {
      subnets: [
        { label: "one", ipv4: "10.0.0.0/8" },
        { label: "two", ipv4: "10.1.0.0/16" },
      ],
    },
    "Must not overlap with another subnet of the VPC",
    "ipv4",
  ],
])("refuses %j", async (changes, reason, field) => {
  const { ask } = testSandbox();
  await ask("POST", "/v4/vpcs", { label: "taken", region: "us-ord" });
  const got = await ask("POST", "/v4/vpcs", { label: "app", region: "us-ord", ...changes });
  expect(got.status).toBe(400);
  expect(got.body.errors).toEqual([
    { reason: typeof reason === "string" ? reason : expect.stringMatching(reason), field },
  ]);
  expect((await ask("GET", "/v4/vpcs")).body.results).toBe(1);
});
