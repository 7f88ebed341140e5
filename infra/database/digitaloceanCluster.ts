import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { tagOf } from "../mark";
import type { ClusterChoice } from "./choice";
import type { ClusterDatabase, ClusterDatabaseOrder, ManagedCluster } from "./managedCluster";

/** What a cluster on DigitalOcean is made from. */
export interface DigitalOceanClusterArgs {
  /** Its name in the account. */
  readonly name: string;
  readonly cluster: ClusterChoice;
  /** The droplet that may connect, and its region. */
  readonly droplet: pulumi.Resource & { readonly id: pulumi.Output<string> };
  readonly region: string;
  /** What the stack marks as its own. */
  readonly mark: pulumi.Output<string>;
  /** Whether Pulumi refuses to destroy the cluster. */
  readonly protect: boolean;
}

/** A managed Postgres of DigitalOcean's that one droplet may reach and nobody else. */
export class DigitalOceanCluster extends pulumi.ComponentResource implements ManagedCluster {
  readonly server: ManagedCluster["server"];
  readonly admin: ManagedCluster["admin"];
  readonly authority: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];
  readonly #cluster: digitalocean.DatabaseCluster;

  constructor(name: string, args: DigitalOceanClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:DigitalOceanCluster", name, {}, opts);
    const { size, version, region = args.region, standby, maintenance } = args.cluster;
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        name: args.name,
        engine: "pg",
        version,
        size,
        region,
        nodeCount: 1 + standby,
        tags: [args.mark.apply(tagOf)],
        ...(maintenance && { maintenanceWindows: [maintenanceWindow(maintenance)] }),
      },
      { parent: this, protect: args.protect },
    );
    const firewall = new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId: cluster.id, rules: [{ type: "droplet", value: args.droplet.id }] },
      { parent: this, deletedWith: cluster },
    );
    this.#cluster = cluster;
    // Within a region the way between machine and cluster is the private network.
    const host = region === args.region ? cluster.privateHost : cluster.host;
    this.server = pulumi.all([host, cluster.port]).apply(([address, port]) => ({ host: address, port }));
    this.admin = pulumi.secret(
      pulumi
        .all([cluster.user, cluster.password, cluster.database])
        .apply(([user, password, database]) => ({ user, password, database })),
    );
    this.authority = digitalocean
      .getDatabaseCaOutput({ clusterId: cluster.id }, { parent: this })
      .apply(({ certificate }) => certificate);
    this.ready = [firewall];
    this.registerOutputs({});
  }

  database(name: string, { database, parent, protect }: ClusterDatabaseOrder): ClusterDatabase {
    const within = { parent, deletedWith: this.#cluster, protect };
    const user = new digitalocean.DatabaseUser(
      `${name}-user`,
      { clusterId: this.#cluster.id, name: database },
      { ...within, dependsOn: [...this.ready] },
    );
    // Dropped before its user: what a user leaves behind would go to the administrator first.
    const db = new digitalocean.DatabaseDb(
      `${name}-db`,
      { clusterId: this.#cluster.id, name: database },
      { ...within, dependsOn: [user] },
    );
    return { password: user.password, isMade: true, made: [user, db] };
  }
}

/** As the API says it: the day in lower case, the hour in full. Any other way the plugin sees a change each time. */
export function maintenanceWindow({ day, hour }: NonNullable<ClusterChoice["maintenance"]>): {
  day: string;
  hour: string;
} {
  return { day: day.toLowerCase(), hour: `${String(hour).padStart(2, "0")}:00` };
}
