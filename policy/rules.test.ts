import { describe, expect, it } from "vitest";
import type { Facts, SeenFacts } from "./facts";
import { known, planned } from "./planned";
import type { PlannedResource, Rule } from "./rule";
import { advice, isRefused, rules } from "./rules";
import { databaseOpen } from "./rules/databaseOpen";
import { dataUnprotected } from "./rules/dataUnprotected";
import { imageByTag } from "./rules/imageByTag";
import { machineReplaced } from "./rules/machineReplaced";
import { noBackup } from "./rules/noBackup";
import { powerGranted } from "./rules/powerGranted";
import { secretInClear } from "./rules/secretInClear";
import { sshFromAnywhere } from "./rules/sshFromAnywhere";

const good: Facts = {
  production: true,
  accepted: {},
  host: {
    provider: "digitalocean",
    protect: true,
    sshFrom: ["203.0.113.0/24"],
    volume: false,
    backups: true,
  },
  apps: { notes: { database: "host", snapshot: true, volumes: true, tags: {}, grants: {} } },
  clear: [],
};
const facts = (host: Partial<Facts["host"]>, rest: Partial<Facts> = {}): Facts => ({
  ...good,
  ...rest,
  host: { ...good.host, ...host },
});
const app = (changes: Partial<Facts["apps"][string]>) => ({
  apps: { notes: { ...(good.apps.notes as Facts["apps"][string]), ...changes } },
});
const resource = (type: string, changes: Partial<PlannedResource> = {}): PlannedResource => {
  const name = changes.name ?? "shop-prod";
  return { type, name, urn: `urn:${type}::${name}`, protect: true, props: {}, dependsOn: [], ...changes };
};
const ofSettings = (rule: Rule, given: Facts) => rule.ofSettings?.(given).map(({ message }) => message);
const ofResources = (rule: Rule, resources: PlannedResource[], given: SeenFacts = good) =>
  rule.ofResources?.(resources, given).map(({ message }) => message);

const droplet = "digitalocean:index/droplet:Droplet";
const instance = "linode:index/instance:Instance";
const cluster = "digitalocean:index/databaseCluster:DatabaseCluster";
const databaseFirewall = "digitalocean:index/databaseFirewall:DatabaseFirewall";

it("finds nothing in a stack that is as it should be", () => {
  const resources = [
    resource(droplet, { props: { ipv4Address: "203.0.113.9" } }),
    resource("digitalocean:index/firewall:Firewall", {
      props: {
        inboundRules: [
          { protocol: "tcp", portRange: "22", sourceAddresses: ["203.0.113.0/24"] },
          { protocol: "tcp", portRange: "80", sourceAddresses: ["0.0.0.0/0", "::/0"] },
        ],
      },
    }),
    resource(cluster),
    resource(databaseFirewall, {
      props: { rules: [{ type: "droplet", value: "1" }] },
      dependsOn: [`urn:${cluster}::shop-prod`],
    }),
  ];
  const seen = { ...good, machineBefore: "203.0.113.9" };
  for (const rule of rules) {
    expect(rule.ofSettings?.(good) ?? [], rule.name).toEqual([]);
    expect(rule.ofResources?.(resources, seen) ?? [], rule.name).toEqual([]);
  }
});

describe("ssh-from-anywhere", () => {
  it.each(["0.0.0.0/0", "::/0", "128.0.0.0/1", "2000::/3"])("refuses %s", (network) => {
    expect(ofSettings(sshFromAnywhere, facts({ sshFrom: ["203.0.113.7", network] }))).toEqual([
      `slipway:host.sshFrom: ${network} lets anybody try to log in\n  mend: name the networks you log in from, e.g. slipway:host.sshFrom: [203.0.113.0/24]`,
    ]);
  });

  it.each(["10.0.0.0/8", "203.0.113.0/24", "203.0.113.7", "2001:db8::/32"])("lets %s be", (network) => {
    expect(ofSettings(sshFromAnywhere, facts({ sshFrom: [network] }))).toEqual([]);
  });

  const parts = (length: number, from = 0, to = 2 ** length) =>
    Array.from({ length: to - from }, (_, at) => `${(from + at) * 2 ** (8 - length)}.0.0.0/${length}`);
  const six = Array.from({ length: 16 }, (_, at) => `2001:${at.toString(16)}000::/20`);
  it.each<[string, string[], string]>([
    ["all of IPv4 in 32 parts", parts(5), "(32 networks, together as much as a /0 of IPv4)"],
    ["all of it in 256 parts, in no order", parts(8).reverse(), "(256 networks, together as much as a /0 of IPv4)"],
    [
      "as much as a /4 in 16 parts",
      parts(8, 40, 56),
      "40.0.0.0/8, 41.0.0.0/8 … 55.0.0.0/8 (16 networks, together as much as a /4 of IPv4)",
    ],
    [
      "half of it, and single addresses within",
      parts(5, 0, 16).concat("127.255.255.255"),
      "together as much as a /1 of IPv4",
    ],
    ["as much of IPv6 as a /16", six, "(16 networks, together as much as a /16 of IPv6)"],
    [
      "IPv4 in the clothes of IPv6",
      ["::ffff:0:0/97", "::ffff:128.0.0.0/97"],
      "::ffff:0:0/97, ::ffff:128.0.0.0/97 lets",
    ],
    ["parts with others' bits in them", ["8.1.2.3/5", "0.1.2.3/5"], "(2 networks, together as much as a /4 of IPv4)"],
  ])("sums what a list covers: refuses %s", (_, sshFrom, said) => {
    expect(ofSettings(sshFromAnywhere, facts({ sshFrom }))?.join()).toContain(said);
  });

  it.each([
    ["15 of 256 parts", parts(8, 40, 55)],
    ["one part many times", Array<string>(40).fill("8.0.0.0/5")],
    ["parts of one part", ["8.0.0.0/5", "9.0.0.0/8", "10.1.0.0/16", "10.1.0.0/16"]],
    ["what is no network", ["everybody", "8.0.0.0/33", "1.2.3/0", "::1::/0", "1.2.3.4.5/0", "0.0.0.0/0/0"]],
  ])("lets %s be", (_, sshFrom) => {
    expect(ofSettings(sshFromAnywhere, facts({ sshFrom }))).toEqual([]);
  });

  it("sums over the rules of a firewall, and over firewalls", () => {
    const rule = (sourceAddresses: string[]) => ({ protocol: "tcp", portRange: "22", sourceAddresses });
    const firewall = (...rules: object[]) =>
      resource("digitalocean:index/firewall:Firewall", { props: { inboundRules: rules } });
    const halves = [rule(parts(5, 1, 2)), rule(parts(5, 2, 3))];
    expect(ofResources(sshFromAnywhere, [firewall(...halves)])).toEqual([
      expect.stringContaining(
        "port 22 is open to 8.0.0.0/5, 16.0.0.0/5 (2 networks, together as much as a /4 of IPv4)",
      ),
    ]);
    expect(ofResources(sshFromAnywhere, halves.map((one) => firewall(one)).concat(firewall()))).toHaveLength(2);
    expect(
      ofResources(sshFromAnywhere, [firewall(rule(parts(5, 1, 2)), { ...rule(parts(5, 2, 3)), portRange: "443" })]),
    ).toEqual([]);
  });

  it.each([
    ["22"],
    ["1-65535"],
    ["all"],
    ["20-30"],
  ])("looks at the cloud's own firewall, too: ports %s of a droplet", (portRange) => {
    const rule = { protocol: "tcp", portRange, sourceAddresses: ["0.0.0.0/0", "203.0.113.0/24"] };
    const firewall = resource("digitalocean:index/firewall:Firewall", { props: { inboundRules: [rule] } });
    expect(ofResources(sshFromAnywhere, [firewall])?.[0]).toMatch(
      /^Firewall shop-prod: port 22 is open to 0\.0\.0\.0\/0\n/,
    );
  });

  it("looks at that of a Linode: rules, and what becomes of everything else", () => {
    const type = "linode:index/firewall:Firewall";
    const accept = { action: "ACCEPT", protocol: "TCP", ports: "22,443", ipv4s: ["0.0.0.0/0"], ipv6s: ["::/0"] };
    const found = (props: Record<string, unknown>) => ofResources(sshFromAnywhere, [resource(type, { props })]);
    expect(found({ inboundPolicy: "DROP", inbounds: [accept] })?.[0]).toContain("open to 0.0.0.0/0, ::/0");
    expect(found({ inboundPolicy: "ACCEPT", inbounds: [] })?.[0]).toContain("open to everybody by its policy");
    expect(found({ inboundPolicy: "DROP", inbounds: [{ ...accept, action: "DROP" }] })).toEqual([]);
    expect(found({ inboundPolicy: "DROP", inbounds: [{ ...accept, ports: "443" }] })).toEqual([]);
  });

  it("tells what the settings open once", () => {
    const rule = { protocol: "tcp", portRange: "22", sourceAddresses: ["0.0.0.0/0"] };
    const firewall = resource("digitalocean:index/firewall:Firewall", { props: { inboundRules: [rule] } });
    expect(ofResources(sshFromAnywhere, [firewall], facts({ sshFrom: ["0.0.0.0/0"] }))).toEqual([]);
  });
});

describe("database-open", () => {
  it("refuses a list that lets in everybody, on either cloud", () => {
    const guarded = resource(cluster);
    const open = resource(databaseFirewall, {
      props: { rules: [{ type: "ip_addr", value: "0.0.0.0/0" }] },
      dependsOn: [guarded.urn],
    });
    expect(ofResources(databaseOpen, [guarded, open])).toEqual([
      "DatabaseFirewall shop-prod: 0.0.0.0/0 may connect\n  mend: let in the machines that use it, and nobody else",
    ]);
    const linode = resource("linode:index/databasePostgresqlV2:DatabasePostgresqlV2", {
      props: { allowLists: ["203.0.113.9/32", "::/0"] },
    });
    expect(ofResources(databaseOpen, [linode])?.[0]).toContain("DatabasePostgresqlV2 shop-prod: ::/0 may connect");
  });

  it("refuses a cluster of DigitalOcean's without a list", () => {
    const other = resource(databaseFirewall, { dependsOn: ["urn:of-another"] });
    expect(ofResources(databaseOpen, [resource(cluster), other])?.[0]).toContain("has no DatabaseFirewall");
  });
});

describe("data-unprotected", () => {
  it("refuses a machine of a cloud that isn't protected, once for all of its data", () => {
    expect(ofSettings(dataUnprotected, facts({ protect: false }))).toEqual([
      "slipway:host.protect: false: one wrong destroy takes the data along\n  mend: slipway:host.protect: true, and Pulumi refuses to destroy the machine, its volume and its databases",
    ]);
    const bare = resource(droplet, { protect: false });
    expect(ofResources(dataUnprotected, [bare], facts({ protect: false }))).toEqual([]);
  });

  it.each([
    "digitalocean:index/volume:Volume",
    cluster,
    "linode:index/volume:Volume",
    "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
  ])("refuses a %s that somebody made without protection", (type) => {
    expect(ofResources(dataUnprotected, [resource(type, { protect: false })])?.[0]).toContain("is not protected");
    expect(ofResources(dataUnprotected, [resource("docker:index/image:Image", { protect: false })])).toEqual([]);
  });

  it("asks of a machine that is there already that data stays on it, and nothing of a tenant", () => {
    const existing = { provider: "existing", protect: false };
    expect(ofSettings(dataUnprotected, facts({ ...existing, keepData: true }))).toEqual([]);
    expect(ofSettings(dataUnprotected, facts({ ...existing, keepData: false }))?.[0]).toContain("host.keepData: true");
    expect(ofSettings(dataUnprotected, facts({ provider: "stack", protect: false }))).toEqual([]);
  });
});

it("image-by-tag refuses a tag, by the place it stands at", () => {
  const tags = { "./shop: services.web.image": "registry.test:5000/shop:main", database: "postgres:17" };
  expect(ofSettings(imageByTag, facts({}, app({ tags })))).toEqual([
    "./shop: services.web.image: registry.test:5000/shop:main is a tag\n  mend: name it by digest: registry.test:5000/shop@sha256:…",
    "database: postgres:17 is a tag\n  mend: name it by digest: postgres@sha256:…",
  ]);
});

it("secret-in-clear holds everywhere, and says how to mend each kind", () => {
  const clear = [
    "digitalocean:token",
    "slipway:apps.notes.env.URL",
    "slipway:apps.notes.build.args.NPM_TOKEN",
    "examples/notes: services.web.command",
  ];
  const found = ofSettings(secretInClear, facts({}, { clear, production: false }));
  expect(found?.map((text) => text.split("mend: ")[1])).toEqual([
    "make it anew, then pulumi config set --secret digitalocean:token",
    "make it anew, list it under slipway:apps.notes.secrets, and remove it here",
    "make it anew; what a build is given stays in the image, so let the app read it when it runs",
    "make it anew, list it under secrets of the app in the stack's file, and remove it here",
  ]);
  expect(isRefused(secretInClear, facts({}, { production: false }))).toBe(true);
});

describe("no-backup", () => {
  it("refuses a database on the machine that isn't dumped before migrations", () => {
    for (const database of ["host", "container"]) {
      expect(ofSettings(noBackup, facts({}, app({ database, snapshot: false })))?.[0]).toContain(
        "slipway:apps.notes.snapshot: false",
      );
    }
    expect(ofSettings(noBackup, facts({}, app({ database: "managed", snapshot: false })))).toEqual([]);
  });

  it("refuses data on the disk of a machine that the cloud keeps no backups of", () => {
    expect(ofSettings(noBackup, facts({ backups: false }))?.[0]).toContain("slipway:host.backups: not set");
    expect(ofSettings(noBackup, facts({ backups: false, volume: true }))).toEqual([]);
    expect(ofSettings(noBackup, facts({ backups: false, provider: "existing" }))).toEqual([]);
    expect(ofSettings(noBackup, facts({ backups: false }, app({ database: "external", volumes: false })))).toEqual([]);
  });
});

describe("power-granted", () => {
  it("names what a service is granted", () => {
    expect(ofSettings(powerGranted, good)).toEqual([]);
    expect(ofSettings(powerGranted, facts({}, app({ grants: { tunnel: ["devices", "cap_add=NET_ADMIN"] } })))).toEqual([
      "slipway:apps.notes.grants.tunnel: gives it devices, cap_add=NET_ADMIN\n" +
        "  mend: leave it out, or say why it is meant: slipway:policies: { accept: { power-granted: WHY } }",
    ]);
  });
});

describe("machine-replaced", () => {
  const before = "203.0.113.9";
  const again = [resource(droplet, { props: {} })];
  const seen = (host: Partial<Facts["host"]> = {}): SeenFacts => ({ ...facts(host), machineBefore: before });

  it("refuses another machine in the place of one that was there", () => {
    expect(ofResources(machineReplaced, again, seen())).toEqual([
      `Droplet shop-prod: takes the place of ${before}, and what is on that one goes\n  mend: undo the change of region or provider; or, if it is meant, bring the data to safety and consent: slipway:host.replace: ${before}`,
    ]);
    expect(ofResources(machineReplaced, [resource(instance)], seen())).toHaveLength(1);
  });

  it("has nothing against the first machine, the same machine, or one that was named", () => {
    expect(ofResources(machineReplaced, again, good)).toEqual([]);
    expect(ofResources(machineReplaced, [resource(instance, { props: { ipAddress: before } })], seen())).toEqual([]);
    expect(ofResources(machineReplaced, again, seen({ replace: before }))).toEqual([]);
  });

  it("takes consent for no other machine than the one it names", () => {
    expect(ofResources(machineReplaced, again, seen({ replace: "203.0.113.1" }))?.[0]).toContain(
      "(slipway:host.replace names 203.0.113.1)",
    );
  });
});

describe("what is refused, and what is told only", () => {
  const open = facts({ sshFrom: ["0.0.0.0/0"] });

  it("tells a stack that is no production what production would be refused for", () => {
    expect(isRefused(sshFromAnywhere, open)).toBe(true);
    expect(isRefused(sshFromAnywhere, { ...open, production: false })).toBe(false);
    expect(advice([], open)).toEqual([]);
    expect(advice([], { ...open, production: false })[0]?.message).toMatch(
      /^\(ssh-from-anywhere, refused in production\) slipway:host\.sshFrom: /,
    );
  });

  it("tells the reason for which a breach is accepted", () => {
    const accepted = { ...open, accepted: { "ssh-from-anywhere": "keys only, and nobody has a fixed address" } };
    expect(isRefused(sshFromAnywhere, accepted)).toBe(false);
    expect(advice([], accepted)[0]?.message).toMatch(
      /^\(ssh-from-anywhere, accepted: keys only, and nobody has a fixed address\) /,
    );
  });
});

it("leaves out what is only known later, and keeps the rest", () => {
  const late = {
    get address(): string {
      throw new Error("unknown");
    },
    size: "s",
    list: [{ a: 1 }],
  };
  expect(known(late)).toEqual({ size: "s", list: [{ a: 1 }] });
  const given = {
    type: "t",
    name: "n",
    urn: "u",
    opts: { protect: true },
    props: late,
    dependencies: [{ urn: "other" }],
  } as unknown as Parameters<typeof planned>[0];
  expect(planned(given)).toEqual({
    type: "t",
    name: "n",
    urn: "u",
    protect: true,
    props: { size: "s", list: [{ a: 1 }] },
    dependsOn: ["other"],
  });
});
