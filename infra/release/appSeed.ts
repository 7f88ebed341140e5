import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { livesOn } from "../host/machineHost";
import { commandLine } from "../ssh/commandLine";
import type { Connection } from "../ssh/remoteScript";

/** What an app's database is filled with. */
export interface AppSeedArgs {
  /** Name of the app on its host. */
  readonly app: string;
  /** Runs in the image and with the variables of the live release. */
  readonly command: readonly string[];
  /** Whose. @default the release command's, else the first route's */
  readonly process?: string | undefined;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
}

/** Fills an app's database once, after its first release. One that fails, or is cut off, is begun again by the next `up`. */
export class AppSeed extends pulumi.ComponentResource {
  constructor(name: string, args: AppSeedArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:release:AppSeed", name, {}, opts);
    new remote.Command(
      `${name}-command`,
      {
        connection: args.connection,
        create: commandLine(seedCommand(args)),
        // Another way in, or another command, is no reason to fill it once more.
        update: "true",
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...livesOn(args), ignoreChanges: ["create"] },
    );
    this.registerOutputs({});
  }
}

/** Runs the command on the host. */
export function seedCommand({ app, command, process }: Pick<AppSeedArgs, "app" | "command" | "process">): string[] {
  return ["sudo", "slipway", "run", app, ...(process === undefined ? [] : ["--process", process]), "--", ...command];
}
