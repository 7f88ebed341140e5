import type { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { mistake } from "../mistake";
import { type HostConnection, remoteScript, standing } from "../ssh/remoteScript";

/** What another stack gives back of its machine; see `stacks/machine.ts`. */
export interface TenancyArgs {
  /** Full name of the other stack, for messages. */
  readonly owner: string;
  readonly address: pulumi.Output<string | undefined>;
  readonly port: pulumi.Output<number | undefined>;
  readonly hostKey: pulumi.Output<string | undefined>;
  /** Private key of `deploy`. */
  readonly deployKey: pulumi.Output<string | undefined>;
}

/**
 * A place on another stack's machine. Nothing of the machine itself is this stack's: no firewall, packages or people. Its one command looks
 * whether the machine is there; all that the stack does there depends on it.
 */
export class Tenancy extends pulumi.ComponentResource {
  readonly address: pulumi.Output<string>;
  readonly port: pulumi.Output<number>;
  readonly hostKey: pulumi.Output<string>;
  readonly connection: pulumi.Output<HostConnection>;
  /** What all that this stack does on the host waits for. */
  readonly there: remote.Command;

  constructor(name: string, args: TenancyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:Tenancy", name, {}, opts);
    this.address = args.address.apply((address) => given(args.owner, "address", address));
    this.hostKey = args.hostKey.apply((hostKey) => given(args.owner, "hostKey", hostKey));
    this.port = args.port.apply((port) => port ?? 22);
    const key = args.deployKey.apply((deployKey) => opened(args.owner, given(args.owner, "deployKey", deployKey)));
    this.connection = pulumi
      .all([this.address, this.port, this.hostKey, key])
      .apply(([host, port, hostKey, privateKey]) => ({
        ...standing(host, port, hostKey),
        user: "deploy",
        privateKey,
      }));
    this.there = remoteScript(
      `${name}-there`,
      { connection: this.connection, script: "slipway --version\npg_isready -q\n" },
      { parent: this },
    );
    this.registerOutputs({ address: this.address });
  }
}

/** @throws RunError, which is shown without a stack trace, if the other stack has no machine */
export function given<T>(owner: string, output: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw mistake(
    `slipway:host.stack: stack ${owner} has no machine to be a tenant of (it has no output ${output}); bring it up first, or, if it is gone for good, see docs/environments.md`,
  );
}

/**
 * Pulumi gives something else than text for a secret that it can't decrypt.
 * @throws RunError, which is shown without a stack trace
 */
export function opened(owner: string, secret: unknown): string {
  if (typeof secret === "string") return secret;
  throw new pulumi.RunError(
    `slipway:host.stack: what stack ${owner} keeps secret can't be opened from here; a stack and its tenants need the same passphrase, or the same key of a secrets provider`,
  );
}
