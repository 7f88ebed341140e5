import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { livesOn } from "../host/machineHost";
import { type Connection, remoteScript } from "../ssh/remoteScript";
import { type DatabaseAccess, databaseUrl } from "./access";
import { type Farewell, hostDatabaseAddress, hostDatabaseScript, type RoleLimits } from "./hostPostgres";
import type { Placement } from "./placement";

/** What an app's database on its host is made from. */
export interface HostDatabaseArgs extends Farewell {
  readonly app: string;
  /** What database and role bear as the stack's; see `ownership.ts`. */
  readonly remark: pulumi.Input<string>;
  readonly limits: RoleLimits;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to drop the database. */
  readonly protect: boolean;
}

/** A database and a role of an app's own, in the Postgres of its host; dropped when the app leaves the stack. */
export class HostDatabase extends pulumi.ComponentResource implements Placement {
  readonly access: pulumi.Output<DatabaseAccess>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: HostDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:AppDatabase", name, {}, opts);
    const address = hostDatabaseAddress(args.app);
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this });
    const role = remoteScript(
      `${name}-role`,
      {
        connection: args.connection,
        script: pulumi
          .all([password.result, args.remark])
          .apply(([secret, remark]) => hostDatabaseScript(args.app, address, secret, { ...args, remark }, args.limits)),
        drops: true,
        adopts: true,
      },
      { parent: this, ...livesOn(args), protect: args.protect },
    );
    this.access = password.result.apply((secret) => ({
      address,
      password: secret,
      url: databaseUrl(address, secret),
    }));
    this.ready = [role];
    this.registerOutputs({});
  }
}
