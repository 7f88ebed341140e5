import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Order } from "../../agent/notify/order";
import { livesOn } from "../host/machineHost";
import { commandLine } from "../ssh/commandLine";
import type { Connection } from "../ssh/remoteScript";

/** Whom a host tells of what. */
export interface NotificationsArgs {
  /** `PROJECT/STACK`. */
  readonly stack: string;
  /** It holds secrets. */
  readonly order: pulumi.Input<Order>;
  readonly connection: Connection;
  /** What stands for the life of the machine; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
}

/** Has a host tell a stack's people of releases and troubles. The order travels by standard input, to a file that root alone reads. */
export class Notifications extends pulumi.ComponentResource {
  constructor(name: string, args: NotificationsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:notify:Notifications", name, {}, opts);
    new remote.Command(
      `${name}-order`,
      {
        connection: args.connection,
        create: commandLine(["sudo", "slipway", "notify", "set"]),
        delete: commandLine(["sudo", "slipway", "notify", "unset", "--stack", args.stack]),
        stdin: pulumi.secret(pulumi.output(args.order).apply((order) => `${JSON.stringify(order)}\n`)),
        logging: "none",
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...livesOn(args) },
    );
    this.registerOutputs({});
  }
}
