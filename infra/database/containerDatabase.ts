import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { livesOn } from "../host/machineHost";
import { type Connection, remoteScript } from "../ssh/remoteScript";
import { type DatabaseAccess, databaseUrl } from "./access";
import { addressIn, containerAddress, containerName, containerScript, type PullLogin } from "./containerScript";
import type { Farewell } from "./hostPostgres";
import type { Placement } from "./placement";

/** What an app's own database container is made from. */
export interface ContainerDatabaseArgs extends Farewell {
  readonly app: string;
  /** Image of Postgres, by tag or digest. */
  readonly image: string;
  /** Login to its registry, where it asks for one. */
  readonly login?: pulumi.Input<PullLogin> | undefined;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to drop the database. */
  readonly protect: boolean;
}

/** Postgres in a container for one app, its data in a volume: reached by the machine and that app's containers. No release touches it. */
export class ContainerDatabase extends pulumi.ComponentResource implements Placement {
  readonly access: pulumi.Output<DatabaseAccess>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ContainerDatabaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:database:ContainerDatabase", name, {}, opts);
    const { app, image, keep, lastDump } = args;
    const password = new random.RandomPassword(`${name}-password`, { length: 32, special: false }, { parent: this });
    const container = remoteScript(
      `${name}-container`,
      {
        connection: args.connection,
        script: pulumi.secret(
          pulumi
            .all([password.result, args.login])
            .apply(([secret, login]) => containerScript({ app, image, password: secret, login, keep, lastDump })),
        ),
        drops: true,
      },
      { parent: this, ...livesOn(args), protect: args.protect },
    );
    this.access = pulumi.all([password.result, container.stdout]).apply(([secret, stdout]) => {
      const address = containerAddress(app, addressIn(stdout));
      return { address, password: secret, url: databaseUrl(address, secret), network: containerName(app) };
    });
    this.ready = [container];
    this.registerOutputs({});
  }
}
