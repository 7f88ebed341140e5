import * as pulumi from "@pulumi/pulumi";
import { livesOn } from "../host/machineHost";
import { type Connection, remoteScript } from "../ssh/remoteScript";
import { type DatabaseAccess, databaseName, databaseUrl } from "./access";
import type { ManagedCluster } from "./managedCluster";
import { managedScript } from "./managedScript";
import type { Placement } from "./placement";

/** What an app's database in a managed cluster is made from. */
export interface ManagedDatabaseArgs {
  readonly app: string;
  readonly cluster: ManagedCluster;
  /** The machine that the cluster lets in. */
  readonly connection: Connection;
  /** What database and role bear as the stack's; see `ownership.ts`. */
  readonly remark: pulumi.Input<string>;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to drop the database. */
  readonly protect: boolean;
}

/** A database and a role of an app's own in a managed cluster; other roles are kept out. */
export class ManagedDatabase extends pulumi.ComponentResource implements Placement {
  readonly access: pulumi.Output<DatabaseAccess>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ManagedDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:ManagedDatabase", name, {}, opts);
    const { app, cluster } = args;
    const database = databaseName(app);
    const { password, isMade, made } = cluster.database(name, { database, parent: this, protect: args.protect });
    const known = pulumi.all([cluster.server, cluster.admin, cluster.authority, password, args.remark]);
    const grants = remoteScript(
      `${name}-grants`,
      {
        connection: args.connection,
        script: pulumi.secret(
          known.apply(([{ host, port }, admin, authority, secret, remark]) =>
            managedScript({
              app,
              address: { host, port, name: database, user: database },
              admin,
              authority,
              password: secret,
              isMade,
              remark,
            }),
          ),
        ),
        drops: true,
        adopts: true,
      },
      { parent: this, ...livesOn(args), protect: args.protect, dependsOn: [...cluster.ready, ...made] },
    );
    this.access = pulumi.secret(
      known.apply(([{ host, port }, , authority, secret]) => {
        const address = { host, port, name: database, user: database };
        return { address, password: secret, url: databaseUrl(address, secret, authority), authority };
      }),
    );
    this.ready = [grants];
    this.registerOutputs({});
  }
}
