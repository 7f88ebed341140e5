import type * as pulumi from "@pulumi/pulumi";

/** A managed cluster, whichever cloud's it is. */
export interface ManagedCluster {
  /** Where the machine reaches it. */
  readonly server: pulumi.Output<{ readonly host: string; readonly port: number }>;
  /** Who may do everything the provider allows. */
  readonly admin: pulumi.Output<{ readonly user: string; readonly password: string; readonly database: string }>;
  /** Certificate (PEM) of the authority that vouches for its server. */
  readonly authority: pulumi.Output<string>;
  /** Its region, where the cloud can't move it: in another one it would be another cluster. */
  readonly fixedRegion?: pulumi.Output<string>;
  /** What whoever connects from the machine waits for. */
  readonly ready: readonly pulumi.Resource[];
  /** Makes a database and a role of an app's own by the provider's API, if it has one for that. */
  database(name: string, order: ClusterDatabaseOrder): ClusterDatabase;
}

/** What a cluster is asked for an app. */
export interface ClusterDatabaseOrder {
  /** Name of database and role alike, in Postgres's alphabet. */
  readonly database: string;
  readonly parent: pulumi.Resource;
  /** Whether Pulumi refuses to drop it. */
  readonly protect: boolean;
}

/** What a cluster has made for an app. */
export interface ClusterDatabase {
  /** Of the role. */
  readonly password: pulumi.Output<string>;
  /** Whether database and role are there already; otherwise they are made by SQL, with that password. */
  readonly isMade: boolean;
  readonly made: readonly pulumi.Resource[];
}
