import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { livesOn } from "../host/machineHost";
import { type Connection, remoteScript } from "../ssh/remoteScript";
import { createDatabaseScript, databaseAddress, databaseEnvironment, dropDatabaseCommand } from "./hostPostgres";

/** What an app's database on its host is made from. */
export interface AppDatabaseArgs {
  readonly app: string;
  readonly connection: Connection;
  /** The machine Postgres runs on: with it the database is gone too. None where it outlives the stack. */
  readonly machine?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to drop the database. */
  readonly protect: boolean;
}

/** A database and a role of an app's own, in the Postgres of its host; dropped when the app leaves the stack. */
export class AppDatabase extends pulumi.ComponentResource {
  /** The variables the app's processes get, the password among them. */
  readonly environment: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: AppDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:AppDatabase", name, {}, opts);
    const address = databaseAddress(args.app);
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this });
    remoteScript(
      `${name}-role`,
      {
        connection: args.connection,
        script: password.result.apply((secret) => createDatabaseScript(address, secret)),
        undo: dropDatabaseCommand(address),
      },
      { parent: this, ...livesOn(args), protect: args.protect },
    );
    this.environment = password.result.apply((secret) => databaseEnvironment(address, secret));
    this.registerOutputs({});
  }
}
