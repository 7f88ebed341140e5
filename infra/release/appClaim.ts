import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { livesOn } from "../host/machineHost";
import { commandLine } from "../ssh/commandLine";
import type { Connection } from "../ssh/remoteScript";

/** Whose app it is, and what becomes of it. */
export interface Tenure {
  /** Its name on the host. */
  readonly app: string;
  /** The stack it belongs to, `PROJECT/STACK`. */
  readonly stack: string;
  /** Whether its volumes stay when it is taken off the host. */
  readonly keepVolumes: boolean;
}

/** What an app is claimed with. */
export interface AppClaimArgs extends Tenure {
  /** What the stack marks as its own; see `../mark.ts`. */
  readonly mark: pulumi.Input<string>;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
}

/** Takes an app off its host; refused there if it is another stack's. */
export function removeCommand({ app, stack, keepVolumes }: Tenure): string[] {
  return ["sudo", "slipway", "remove", app, "--stack", stack, ...(keepVolumes ? [] : ["--volumes"])];
}

/**
 * Marks an app on its host as this stack's, before a database or a release is made for it: a host can be shared, and a name there is taken
 * once. Undone, it clears away what a release that never succeeded has left.
 */
export class AppClaim extends pulumi.ComponentResource {
  constructor(name: string, args: AppClaimArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:release:AppClaim", name, {}, opts);
    new remote.Command(
      `${name}-command`,
      {
        connection: args.connection,
        create: pulumi
          .output(args.mark)
          // In the environment: an engine that knows of no marks has no option for one.
          .apply((mark) =>
            commandLine(["sudo", "env", `SLIPWAY_MARK=${mark}`, "slipway", "claim", args.app, "--stack", args.stack]),
          ),
        delete: commandLine(removeCommand(args)),
        addPreviousOutputInEnv: false,
        // Under another name it is another app.
        triggers: [args.app],
      },
      { parent: this, ...livesOn(args) },
    );
    this.registerOutputs({});
  }
}
