import * as linode from "@pulumi/linode";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { labelLimits, linodeLabel } from "../host/linodeLabel";
import type { ClusterChoice } from "./choice";
import type { ClusterDatabase, ClusterDatabaseOrder, ManagedCluster } from "./managedCluster";

/** What a cluster on Linode is made from. */
export interface LinodeClusterArgs {
  /** Its name in the account, which Linode may want shorter. */
  readonly name: string;
  readonly cluster: ClusterChoice;
  /** Networks in CIDR form that may connect: the machine's own addresses. */
  readonly sources: pulumi.Input<readonly string[]>;
  /** The machine's region. */
  readonly region: string;
  /** Whether Pulumi refuses to destroy the cluster. */
  readonly protect: boolean;
}

/** The database that every cluster has from the beginning. */
const firstDatabase = "defaultdb";

/**
 * A managed Postgres of Linode's that one machine may reach and nobody else. Its API knows clusters only: what an app has in one is made
 * by SQL from the machine, in the administrator's name.
 */
export class LinodeCluster extends pulumi.ComponentResource implements ManagedCluster {
  readonly server: ManagedCluster["server"];
  readonly admin: ManagedCluster["admin"];
  readonly authority: pulumi.Output<string>;
  readonly fixedRegion: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: LinodeClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:LinodeCluster", name, {}, opts);
    const { size, version, region = args.region, standby, maintenance } = args.cluster;
    const cluster = new linode.DatabasePostgresqlV2(
      `${name}-cluster`,
      {
        label: linodeLabel(args.name, labelLimits.database),
        engineId: `postgresql/${version}`,
        type: size,
        region,
        clusterSize: 1 + standby,
        allowLists: pulumi.output(args.sources).apply((networks) => [...networks]),
        ...(maintenance && { updates: linodeWindow(maintenance) }),
      },
      { parent: this, protect: args.protect },
    );
    this.server = pulumi.all([cluster.hostPrimary, cluster.port]).apply(([host, port]) => ({ host, port }));
    this.admin = pulumi.secret(
      pulumi
        .all([cluster.rootUsername, cluster.rootPassword])
        .apply(([user, password]) => ({ user, password, database: firstDatabase })),
    );
    this.authority = cluster.caCert;
    this.fixedRegion = cluster.region;
    this.ready = [cluster];
    this.registerOutputs({});
  }

  database(name: string, { parent }: ClusterDatabaseOrder): ClusterDatabase {
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent });
    return { password: password.result, isMade: false, made: [] };
  }
}

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** All that the API says of a window, in its own numbers: what is left out it chooses, and the plugin then sees a change each time. */
export function linodeWindow({ day, hour }: NonNullable<ClusterChoice["maintenance"]>): {
  dayOfWeek: number;
  duration: number;
  frequency: string;
  hourOfDay: number;
} {
  // Four hours are what Linode takes by itself.
  return { dayOfWeek: days.indexOf(day.toLowerCase()) + 1, duration: 4, frequency: "weekly", hourOfDay: hour };
}
