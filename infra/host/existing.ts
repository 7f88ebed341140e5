import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";
import { commandLine } from "../ssh/commandLine";
import { type HostConnection, standing } from "../ssh/remoteScript";
import { adoptScript, letGoText } from "./adopt";
import type { MachineHost } from "./machineHost";

/** How a machine that is there already is reached, and by whom it may be later. */
export interface ExistingHostArgs {
  /** The stack that takes it in, `PROJECT/STACK`; a machine is one stack's at a time. */
  readonly stack: string;
  /** Its public IPv4 address. */
  readonly address: string;
  /** Where its sshd listens. */
  readonly port: number;
  /** Root, or a user who may do everything by sudo without a password. */
  readonly user: string;
  /** Public half of its host key, one line as in authorized_keys. It stays the machine's. */
  readonly hostKey: string;
  /** Private key of `user`, OpenSSH form. */
  readonly privateKey: string;
  /** Networks that may open an SSH connection. */
  readonly sshFrom: readonly string[];
}

/**
 * A machine that the user has already. How its owner logs in stays as it is: sshd's settings, host keys and other users are not touched. It
 * outlives the stack, so whatever was done is undone piece by piece.
 */
export class ExistingHost extends pulumi.ComponentResource implements MachineHost {
  readonly address: pulumi.Output<string>;
  readonly port: number;
  readonly firstContact: pulumi.Output<HostConnection>;
  readonly deployKey: pulumi.Output<string>;
  readonly lastingKey: pulumi.Output<string>;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: ExistingHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:ExistingHost", name, {}, opts);
    const login = new tls.PrivateKey(`${name}-login`, { algorithm: "ED25519" }, { parent: this });
    const reached = standing(args.address, args.port, args.hostKey);
    const root = args.user === "root" ? [] : ["sudo"];
    const adopted = new remote.Command(
      `${name}-adopt`,
      {
        connection: { ...reached, user: args.user, privateKey: pulumi.secret(args.privateKey) },
        create: commandLine([...root, "bash", "-euo", "pipefail", "-s"]),
        delete: commandLine([...root, "bash", "-euc", letGoText]),
        stdin: login.publicKeyOpenssh.apply((key) => adoptScript({ ...args, deployKey: key })),
        logging: "none",
        addPreviousOutputInEnv: false,
        triggers: [args.address],
      },
      { parent: this },
    );
    this.ready = [adopted];
    this.address = pulumi.output(args.address);
    this.port = args.port;
    this.lastingKey = pulumi.output(args.hostKey.trim());
    this.deployKey = login.publicKeyOpenssh.apply((key) => key.trim());
    this.firstContact = login.privateKeyOpenssh.apply((privateKey) => ({
      ...reached,
      user: "deploy",
      privateKey,
    }));
    this.registerOutputs({ address: this.address });
  }
}
