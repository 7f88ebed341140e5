import { remote, type types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { commandLine } from "./commandLine";

/** How a host is reached: address, user, private key, the one host key that is accepted, and how patiently. */
export interface HostConnection {
  readonly host: string;
  readonly user: string;
  /** OpenSSH form. */
  readonly privateKey: string;
  /** Public half, one line as in authorized_keys. */
  readonly hostKey: string;
  /** Attempts that may fail. */
  readonly dialErrorLimit: number;
  /** Seconds. */
  readonly perDialTimeout: number;
}

/** What a remote command takes for its connection. */
export type Connection = pulumi.Input<types.input.remote.ConnectionArgs>;

/** Arguments of `remoteScript`. */
export interface RemoteScriptArgs {
  readonly connection: Connection;
  /** Bash text. It travels by standard input: a failing command is printed whole, its standard input never is. */
  readonly script: pulumi.Input<string>;
  /** Argument vector that undoes the script. Runs with the script on its standard input, so it must not read it. */
  readonly undo?: readonly string[];
  /** Values whose change makes the command anew instead of running it again. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

/** Runs a script as root on a host, once and then again whenever it changes; scripts are written to be repeated. */
export function remoteScript(name: string, args: RemoteScriptArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  return new remote.Command(
    name,
    {
      connection: args.connection,
      create: commandLine(["sudo", "bash", "-euo", "pipefail", "-s"]),
      stdin: args.script,
      logging: "none",
      addPreviousOutputInEnv: false,
      ...(args.undo ? { delete: commandLine(args.undo) } : {}),
      ...(args.triggers ? { triggers: [...args.triggers] } : {}),
    },
    opts,
  );
}
