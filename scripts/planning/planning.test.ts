import { describe, expect, it } from "vitest";
import { costText } from "./cost";
import { type ExampleStep, environment, environmentAll, environmentWith, previewText } from "./examples";
import { planMarkdown } from "./markdown";
import { changesNothing, type Plan, planOf } from "./plan";
import { readPreview } from "./preview";
import type { PriceLists } from "./prices";

const prices: PriceLists = {
  droplets: new Map([
    ["s-1vcpu-2gb", 12],
    ["s-2vcpu-4gb", 24],
  ]),
  linodes: new Map([
    [
      "g6-standard-1",
      {
        monthly: 12,
        regions: new Map([["id-cgk", 14.4]]),
        backups: { monthly: 2.5, regions: new Map([["id-cgk", 3]]) },
      },
    ],
  ]),
  linodeDatabases: new Map([["g6-nanode-1", new Map([[3, { monthly: 37, regions: new Map() }]])]]),
  linodeVolume: { monthly: 0.1, regions: new Map() },
};

function plan(steps: readonly ExampleStep[], context: Partial<Parameters<typeof planOf>[1]> = {}): Plan {
  return planOf(readPreview(previewText(steps)), { stack: "staging", prices, violations: [], ...context });
}

const newSize = {
  "slipway-staging-droplet": {
    op: "update",
    after: { size: "s-2vcpu-4gb", region: "fra1" },
    changed: ["size"],
  },
};
const newRegion = {
  "slipway-staging-droplet": {
    op: "replace",
    after: { size: "s-1vcpu-2gb", region: "ams3" },
    changed: ["region"],
    causes: ["region"],
  },
  "slipway-staging-host-first-contact": { op: "replace", changed: ["triggers[0]"], causes: ["triggers"] },
  "slipway-staging-host-team": { op: "update", changed: ["connection"] },
  "notes-database-role": { op: "update", changed: ["connection"] },
  "notes-release-command": { op: "update", changed: ["connection"] },
};
const newCode = {
  "notes-image": {
    op: "update",
    after: { imageName: "ghcr.io/example/notes:2222" },
    changed: ["build.context", "imageName"],
  },
  "notes-release-command": { op: "update", changed: ["stdin"] },
};

describe("what changes, in words", () => {
  it("is nothing where nothing does", () => {
    const { parts, dangers, graph, ...rest } = plan(environment);
    expect(parts).toEqual([]);
    expect(dangers).toEqual({ data: [], rest: [] });
    expect(graph).toBeUndefined();
    expect(changesNothing({ parts, dangers, graph, ...rest })).toBe(true);
  });

  it("tells a new size, and that the machine is restarted", () => {
    expect(plan(environmentWith(newSize)).parts).toEqual([
      {
        title: "The machine",
        lines: ["droplet `slipway-staging-droplet`: size s-1vcpu-2gb → s-2vcpu-4gb; the machine is restarted for it"],
      },
    ]);
  });

  it("tells a code change as image and release", () => {
    expect(plan(environmentWith(newCode)).parts).toEqual([
      {
        title: "App notes",
        lines: ["image `notes-image`: imageName notes:1111 → notes:2222", "**a release** with a new image"],
      },
    ]);
  });

  it("tells changed settings of an app without a new image", () => {
    const steps = environmentWith({ "notes-release-command": { op: "update", changed: ["stdin"] } });
    expect(plan(steps).parts).toEqual([
      { title: "App notes", lines: ["**a release** with changed settings, and the image it has"] },
    ]);
  });

  it("tells an environment from nothing, part by part", () => {
    expect(plan(environmentAll("create")).parts).toEqual([
      {
        title: "The machine",
        lines: [
          "**new** droplet `slipway-staging-droplet` (size s-1vcpu-2gb, region fra1)",
          "**new** cloud firewall `slipway-staging-firewall`",
          "set up: first contact, who may log in",
        ],
      },
      {
        title: "App notes",
        lines: [
          "**new**: the secret SECRET_KEY, generated",
          "**new** image `notes-image` (imageName notes:1111)",
          "**new** database and role",
          "**first release**",
        ],
      },
    ]);
  });

  it("tells what is done again because the machine is another", () => {
    expect(plan(environmentWith(newRegion)).parts).toEqual([
      {
        title: "The machine",
        lines: [
          "**replaced**: droplet `slipway-staging-droplet` (region fra1 → ams3)",
          "set up again, as the machine or the way to it changes: first contact, who may log in",
        ],
      },
      {
        title: "App notes",
        lines: [
          "its database is set up again, on the changed machine",
          "its release is handed over again, to the changed machine",
        ],
      },
    ]);
  });

  it("knows kinds that it has no word for by Pulumi's own", () => {
    const step = { op: "create", of: "acme:index/loadBalancer:LoadBalancer::x", after: { password: "hunter2" } };
    expect(plan([step]).parts).toEqual([{ title: "Other", lines: ["**new** load balancer `x`"] }]);
  });
});

describe("dangers", () => {
  it("come first where a machine would be replaced", () => {
    expect(plan(environmentWith(newRegion)).dangers).toEqual({
      data: [
        "droplet `slipway-staging-droplet` is **replaced** (region fra1 → ams3): a new machine with another address, no app answers meanwhile, and what is on its own disk is lost: databases, uploads, old releases",
      ],
      rest: [],
    });
  });

  it("say what a volume keeps", () => {
    const volume = { op: "same", of: "digitalocean:index/volume:Volume::slipway-staging-volume", before: { size: 20 } };
    expect(plan([...environmentWith(newRegion), volume]).dangers.data[0]).toContain(
      "what is on its own disk is lost; what is on the volume `slipway-staging-volume` stays",
    );
    // One that is only being made holds nothing yet.
    expect(plan([...environmentWith(newRegion), { ...volume, op: "create" }]).dangers.data[0]).not.toContain("stays");
  });

  it("say that Pulumi refuses what is protected", () => {
    const steps = environmentWith({
      "slipway-staging-droplet": { ...newRegion["slipway-staging-droplet"], protect: true },
    });
    expect(plan(steps).dangers.data[0]).toMatch(/It is protected, so Pulumi refuses$/);
  });

  it("tell an app that goes, with its database", () => {
    const gone = Object.fromEntries(
      environment
        .filter(({ of }) => of.includes("::notes"))
        .map(({ of }) => [of.split("::")[1] ?? "", { op: "delete" }]),
    );
    expect(plan(environmentWith(gone)).dangers).toEqual({
      data: [
        "the database of notes is **dropped**; one with tables in it is dumped first, to `/var/lib/slipway/dropped` on the machine",
      ],
      rest: [
        "generated secret `notes-secret-SECRET_KEY` is deleted",
        "image `notes-image` is deleted",
        "the app notes is **taken off** the machine",
      ],
    });
  });

  it("tell what goes with each kind that holds data", () => {
    const deleted = (of: string) => plan([{ op: "delete", of }]).dangers.data;
    expect(deleted("linode:index/volume:Volume::v")).toEqual([
      "volume `v` is **deleted**: with it goes all that is on it",
    ]);
    expect(deleted("digitalocean:index/databaseCluster:DatabaseCluster::c")).toEqual([
      "managed Postgres `c` is **deleted**: with it goes every database in it, and its backups",
    ]);
    expect(deleted("digitalocean:index/domain:Domain::z")).toEqual([
      "zone `z` is **deleted**: with it goes every record in it, the stack's own or not",
    ]);
  });

  it("tell a secret that is made anew", () => {
    const steps = environmentWith({
      "notes-secret-SECRET_KEY": { op: "replace", changed: ["length"], causes: ["length"] },
    });
    expect(plan(steps).dangers.data).toEqual([
      "the secret SECRET_KEY of notes is **made anew**: what was signed or encrypted with the old one is void",
    ]);
  });
});

describe("the cost", () => {
  const text = (steps: readonly ExampleStep[]) => costText(plan(steps).cost);

  it("is told before and after", () => {
    expect(text(environmentWith(newSize))).toBe("$12 → $24 a month (+$12)");
    expect(text(environment)).toBe("$12 a month, as now");
    expect(text(environmentAll("create"))).toBe("$0 → $12 a month (+$12)");
    expect(text(environmentAll("delete"))).toBe("$12 → $0 a month (−$12)");
  });

  it("counts volumes by the GB, nodes by number, regions by their own prices", () => {
    const { rows } = plan([
      { op: "update", of: "digitalocean:index/volume:Volume::v", before: { size: 25 }, after: { size: 45 } },
      {
        op: "create",
        of: "digitalocean:index/databaseCluster:DatabaseCluster::c",
        after: { size: "db-s-1vcpu-2gb", nodeCount: 2 },
      },
      { op: "create", of: "linode:index/instance:Instance::l", after: { type: "g6-standard-1", region: "id-cgk" } },
      { op: "create", of: "linode:index/volume:Volume::w", after: { size: 20, region: "de-fra-2" } },
      {
        op: "create",
        of: "linode:index/databasePostgresqlV2:DatabasePostgresqlV2::d",
        after: { type: "g6-nanode-1", clusterSize: 3 },
      },
    ]).cost;
    expect(rows).toEqual([
      { what: "volume of 25 GB → volume of 45 GB", before: 2.5, after: 4.5 },
      { what: "managed Postgres db-s-1vcpu-2gb, 2 nodes", before: 0, after: 60 },
      { what: "Linode g6-standard-1", before: 0, after: 14.4 },
      { what: "volume of 20 GB", before: 0, after: 2 },
      { what: "managed Postgres g6-nanode-1, 3 nodes", before: 0, after: 37 },
    ]);
  });

  it("counts the clouds' own backups", () => {
    const { rows } = plan([
      {
        op: "update",
        of: "digitalocean:index/droplet:Droplet::m",
        before: { size: "s-2vcpu-4gb", backups: false },
        after: { size: "s-2vcpu-4gb", backups: true },
      },
      {
        op: "create",
        of: "linode:index/instance:Instance::l",
        after: { type: "g6-standard-1", region: "id-cgk", backupsEnabled: true },
      },
    ]).cost;
    expect(rows).toEqual([
      { what: "droplet s-2vcpu-4gb → droplet s-2vcpu-4gb with backups", before: 24, after: 28.8 },
      { what: "Linode g6-standard-1 with backups", before: 0, after: 17.4 },
    ]);
  });

  it("says where a price can't be had", () => {
    const { cost } = plan(environmentWith(newSize), { prices: {} });
    expect(cost).toEqual({
      rows: [{ what: "droplet s-1vcpu-2gb → droplet s-2vcpu-4gb", before: undefined, after: undefined }],
      before: 0,
      after: 0,
      isPartial: true,
    });
    expect(costText(cost)).toBe("not known, as there is no price list to be had");
  });
});

describe("the picture", () => {
  it("shows what is touched, folded, and what stands on what by way of the rest", () => {
    const { graph } = plan(environmentWith({ ...newSize, ...newCode }));
    expect(graph?.split("\n").slice(0, 6)).toEqual([
      "flowchart LR",
      '  n0["droplet host slipway-staging<br/>changed"]:::update',
      '  n1["app images notes<br/>changed"]:::update',
      '  n2["app release notes-release<br/>changed"]:::update',
      "  n1 --> n2",
      "  n0 --> n2",
    ]);
  });

  it("leaves out what a longer way says already", () => {
    const { graph } = plan(environmentAll("create"));
    const label = new Map([...(graph ?? "").matchAll(/(n\d+)\["([^"<]+)<br/g)].map(([, id, text]) => [id, text]));
    const edges = [...(graph ?? "").matchAll(/(n\d+) --> (n\d+)/g)].map(
      ([, a, b]) => `${label.get(a)} > ${label.get(b)}`,
    );
    expect(edges.sort()).toEqual([
      "app claim notes-claim > app database notes-database",
      "app database notes-database > app release notes-release",
      "app images notes > app release notes-release",
      "bootstrap slipway-staging-host > app claim notes-claim",
      "droplet host slipway-staging > bootstrap slipway-staging-host",
      "generated secret notes-secret-SECRET_KEY > app release notes-release",
    ]);
  });

  it("takes names that Mermaid would read as its own", () => {
    const { graph } = plan([{ op: "create", of: 'acme:index/thing:Thing::a"] --> b<script>' }]);
    expect(graph?.split("\n")[1]).toBe('  n0["thing a#34;] --#62; b#60;script#62;<br/>new"]:::create');
  });

  it("leaves out components that hold nothing", () => {
    expect(plan([{ op: "create", of: "slipway:stack:Facts::slipway-staging-facts" }]).graph).toBeUndefined();
  });

  it("stays readable", () => {
    const many = Array.from({ length: 50 }, (_, index) => ({ op: "create", of: `acme:index/thing:Thing::t${index}` }));
    expect(plan(many).graph).toContain('more["and 10 more"]');
  });
});

describe("the comment", () => {
  it("puts the danger first, then the figures, then the words", () => {
    const text = planMarkdown(plan(environmentWith(newRegion)));
    const [title, , caution, danger, , summary] = text.split("\n");
    expect(title).toBe("## Plan of stack `staging`");
    expect(caution).toBe("> [!CAUTION]");
    expect(danger).toMatch(/^> - droplet `slipway-staging-droplet` is \*\*replaced\*\*/);
    expect(summary).toBe("**2 replaced, 3 changed; 5 stay as they are.** Cost: $12 a month, as now.");
    expect(text).toContain("### App notes\n- its database is set up again");
    expect(text).toContain("```mermaid\nflowchart LR");
    expect(text).toContain("| droplet s-1vcpu-2gb | $12 | $12 |\n| **in all** | **$12** | **$12** |");
  });

  it("says in one line that nothing changes", () => {
    expect(planMarkdown(plan(environment))).toMatch(
      /^## Plan of stack `staging`\n\n\*\*Nothing changes\.\*\* Cost: \$12 a month, as now\.\n/,
    );
  });

  it("shows what policies say", () => {
    const violations = [
      { policy: "ssh-open", message: "22 is open\n to the world", isMandatory: true },
      { policy: "no-backup", message: "no backup is set", isMandatory: false },
    ];
    const text = planMarkdown(plan(environmentWith(newSize), { violations }));
    expect(text).toContain("> [!CAUTION]\n> - the policy `ssh-open` refuses it\n");
    expect(text).toContain("**Refused** by `ssh-open`:\n\n```text\n22 is open\n to the world\n```");
    expect(text).toContain("Advice by `no-backup`:\n\n```text\nno backup is set\n```");
  });

  it("shows why there is no plan, whatever marks stand in it", () => {
    const preview = previewText([], {
      diagnostics: [{ message: "error: 1 mistake in ```x```\n  slipway:host.region\n", severity: "error" }],
    });
    const text = planMarkdown(planOf(readPreview(preview), { stack: "staging", prices, violations: [] }));
    expect(text).toContain("There is no plan: bringing this stack up would fail");
    expect(text).toContain("````text\n1 mistake in ```x```\n  slipway:host.region\n````");
  });

  it("shows no value of a property that isn't known to be harmless", () => {
    const secret = "tr0ub4dor";
    const steps: ExampleStep[] = [
      {
        op: "update",
        of: "digitalocean:index/droplet:Droplet::m",
        before: { size: "a", userData: secret },
        after: { size: "a", userData: `${secret}2` },
        changed: ["userData"],
      },
      { op: "create", of: "random:index/randomPassword:RandomPassword::p", after: { result: secret, keepers: secret } },
      {
        op: "replace",
        of: "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret::s",
        before: { value: secret },
        after: { value: secret },
        changed: ["value"],
        causes: ["value"],
      },
      {
        op: "update",
        of: "command:remote:Command::c",
        before: { stdin: secret, create: secret },
        after: { stdin: secret, create: secret },
        changed: ["stdin", "create"],
      },
    ];
    expect(planMarkdown(plan(steps))).not.toContain(secret);
  });
});
