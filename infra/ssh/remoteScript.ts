import { remote, type types } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { commandLine } from "./commandLine";

/** How a host is reached: address, user, private key, the one host key that is accepted, and how patiently. */
export interface HostConnection {
  readonly host: string;
  /** @default 22 */
  readonly port?: number;
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

/**
 * The way to a machine that is there already, whoever logs in: it need not boot, so few attempts may fail, and one that is gone is not
 * waited for. The usual port isn't spelt out.
 */
export function standing(
  host: string,
  port: number,
  hostKey: string,
): Pick<HostConnection, "host" | "port" | "hostKey" | "dialErrorLimit" | "perDialTimeout"> {
  return { host, ...(port === 22 ? {} : { port }), hostKey, dialErrorLimit: 10, perDialTimeout: 10 };
}

/** What a remote command takes for its connection. */
export type Connection = pulumi.Input<types.input.remote.ConnectionArgs>;

/** Arguments of `remoteScript`. */
export interface RemoteScriptArgs {
  readonly connection: Connection;
  /** Bash text. It travels by standard input: a failing command is printed whole, its standard input never is. */
  readonly script: pulumi.Input<string>;
  /**
   * Whether the script undoes what it makes: its first argument is then `make` or `drop`. Bash reads it as it goes, so all of it stands in
   * one compound command.
   */
  readonly drops?: boolean;
  /** Whether its first argument is `adopt`, not `make`, where the stack has it on record already. */
  readonly adopts?: boolean;
  /** Values whose change makes the command anew instead of running it again. */
  readonly triggers?: readonly pulumi.Input<string>[];
}

const bash = ["sudo", "bash", "-euo", "pipefail", "-s"];

/** Runs a script as root on a host, once and then again whenever it changes; scripts are written to be repeated. */
export function remoteScript(name: string, args: RemoteScriptArgs, opts: pulumi.CustomResourceOptions): remote.Command {
  return new remote.Command(
    name,
    {
      connection: args.connection,
      create: commandLine(args.drops ? [...bash, "--", "make"] : bash),
      stdin: args.script,
      logging: "none",
      addPreviousOutputInEnv: false,
      ...(args.adopts ? { update: commandLine([...bash, "--", "adopt"]) } : {}),
      ...(args.drops ? { delete: commandLine([...bash, "--", "drop"]) } : {}),
      ...(args.triggers ? { triggers: [...args.triggers] } : {}),
    },
    opts,
  );
}
