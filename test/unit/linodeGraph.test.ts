/** A machine on Linode: its part of the graph, in exact values, and the options that keep it from being replaced. */
import * as pulumi from "@pulumi/pulumi";
import { beforeAll, expect, it } from "vitest";
import { parse } from "yaml";
import { markOf, tagOf } from "../../infra/mark";

/** What its login key marks. */
const tags = [tagOf(markOf("private slipway-dev-login"))];

const recorded: { type: string; name: string; inputs: Record<string, unknown> }[] = [];
let address = "";
let ready: string[] = [];

beforeAll(async () => {
  pulumi.runtime.setMocks({
    newResource: ({ type, name, inputs }) => {
      recorded.push({ type, name, inputs });
      const keys = { privateKeyOpenssh: `private ${name}\n`, publicKeyOpenssh: `public ${name}\n` };
      const state = type.startsWith("tls:") ? keys : { ipAddress: "10.213.0.10" };
      return { id: type.endsWith(":Instance") ? "101000001" : `${name}-id`, state: { ...inputs, ...state } };
    },
    call: () => ({}),
  });
  const { makeHost } = await import("../../stacks/host");
  const host = makeHost(
    "slipway-dev",
    {
      provider: "linode",
      region: "eu-central",
      size: "g6-standard-1",
      image: "linode/debian13",
      sshFrom: ["203.0.113.0/24"],
      protect: true,
      backups: true,
      volume: { size: 20 },
    },
    { stack: "slipway/dev", lastVolume: pulumi.output<number | undefined>(10) },
  );
  await new Promise((resolve) => host.volume?.size.apply(resolve));
  const settled = pulumi.all([host.address, ...host.ready.map((resource) => resource.urn)]);
  [address = "", ...ready] = await new Promise<string[]>((resolve) => settled.apply(resolve));
  await pulumi.runtime.disconnect();
});

const only = (type: string) => {
  const found = recorded.filter((resource) => resource.type === type);
  expect(found).toHaveLength(1);
  return found[0]?.inputs as Record<string, never>;
};

it("is an instance, a firewall that names it and a volume on it, and nothing else", () => {
  expect(recorded.map(({ type }) => type).sort()).toEqual([
    "linode:index/firewall:Firewall",
    "linode:index/instance:Instance",
    "linode:index/volume:Volume",
    "slipway:host:LinodeHost",
    "tls:index/privateKey:PrivateKey",
    "tls:index/privateKey:PrivateKey",
  ]);
  const { metadatas, ...instance } = only("linode:index/instance:Instance");
  expect(instance).toEqual({
    label: "slipway-dev",
    region: "eu-central",
    type: "g6-standard-1",
    image: "linode/debian13",
    tags,
    booted: true,
    resizeDisk: false,
    backupsEnabled: true,
    authorizedKeys: ["public slipway-dev-login"],
  });
  const [{ userData }] = metadatas as unknown as [{ userData: string }];
  expect(parse(Buffer.from(userData, "base64").toString())).toMatchObject({
    ssh_keys: { ecdsa_private: "private slipway-dev-host-key\n" },
    users: [{ name: "deploy", ssh_authorized_keys: ["public slipway-dev-login"] }],
  });
  expect(only("linode:index/firewall:Firewall")).toMatchObject({
    label: "slipway-dev",
    linodes: [101000001],
    inboundPolicy: "DROP",
    outboundPolicy: "ACCEPT",
    tags,
  });
  expect(only("linode:index/volume:Volume")).toEqual({
    label: "slipway-dev-data",
    region: "eu-central",
    size: 20,
    linodeId: 101000001,
    tags,
  });
});

it("is reached at its address, after its firewall", () => {
  expect(address).toBe("10.213.0.10");
  expect(ready).toEqual([expect.stringContaining("linode:index/firewall:Firewall::slipway-dev-firewall")]);
});
