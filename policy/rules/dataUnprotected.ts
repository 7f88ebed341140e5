import { breach, breachOf, type Rule } from "../rule";

/** What holds data, or the machine that data may be on. */
const holders = [
  "digitalocean:index/droplet:Droplet",
  "digitalocean:index/volume:Volume",
  "digitalocean:index/databaseCluster:DatabaseCluster",
  "linode:index/instance:Instance",
  "linode:index/volume:Volume",
  "linode:index/databasePostgresqlV2:DatabasePostgresqlV2",
];

const mend = "slipway:host.protect: true, and Pulumi refuses to destroy the machine, its volume and its databases";

/** Nothing that holds data goes by mistake. */
export const dataUnprotected: Rule = {
  name: "data-unprotected",
  description: "Machines, volumes and databases with data in them are protected from being destroyed.",
  ofSettings({ host }) {
    if (host.provider === "existing") {
      if (host.keepData !== false) return [];
      return [
        breach("slipway:host.keepData", "false: databases and volumes go with the app", "slipway:host.keepData: true"),
      ];
    }
    // Of a machine that is another stack's nothing can be lost by this one but its own databases.
    if (host.provider === "stack" || host.protect) return [];
    return [breach("slipway:host.protect", "false: one wrong destroy takes the data along", mend)];
  },
  ofResources(resources, { host }) {
    if (!host.protect) return [];
    return resources
      .filter(({ type, protect }) => holders.includes(type) && !protect)
      .map((resource) => breachOf(resource, "is not protected", "give it the resource option protect: true"));
  },
};
