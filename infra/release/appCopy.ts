import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { livesOn } from "../host/machineHost";
import { commandLine } from "../ssh/commandLine";
import type { Connection } from "../ssh/remoteScript";
import type { Tenure } from "./appClaim";

/** What an app's database is filled with. */
export interface AppCopyArgs {
  readonly tenure: Tenure;
  /** Of the database, with its password. */
  readonly url: pulumi.Input<string>;
  /** Name on the same host of the app whose data is copied. */
  readonly from: string;
  /** SQL that is run on the copy before anyone sees it. */
  readonly scrub?: string | undefined;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
}

/** Fills an app's database with another's data, before the app's first release and its migrations. Never again after that. */
export class AppCopy extends pulumi.ComponentResource {
  constructor(
    name: string,
    { tenure, url, from, scrub, ...args }: AppCopyArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("slipway:release:AppCopy", name, {}, opts);
    const order = pulumi
      .output(url)
      .apply((text) => JSON.stringify({ from, stack: tenure.stack, url: text, ...(scrub !== undefined && { scrub }) }));
    new remote.Command(
      `${name}-command`,
      {
        connection: args.connection,
        create: commandLine(["sudo", "slipway", "copy-database", tenure.app]),
        stdin: pulumi.secret(order),
        // Another way in, or another order, is no reason to fill it once more.
        update: "true",
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...livesOn(args), ignoreChanges: ["create", "stdin"] },
    );
    this.registerOutputs({});
  }
}
