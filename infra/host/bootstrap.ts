import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { postgresScript } from "../database/hostPostgres";
import { hostFirewallScript, passingFirewallScript } from "../network/hostFirewall";
import { type HostConnection, remoteScript } from "../ssh/remoteScript";
import { keysScript } from "./adopt";
import type { CiAccess } from "./ciAccess";
import type { MachineHost } from "./machineHost";
import {
  agentScript,
  agentUpload,
  dockerScript,
  firstContactScript,
  packagesScript,
  sshdScript,
  teamScript,
} from "./steps";
import { noVolumeScript, volumeScript } from "./volumeSteps";

/**
 * Attempts to connect once the machine has been reached before: about a minute with the plugin's growing pauses, enough
 * for a restart after a new size. Each attempt at a machine with a changed host key counts, too.
 */
const attempts = 20;

/** What a machine becomes a host with. */
export interface BootstrapArgs {
  readonly host: MachineHost;
  /** OpenSSH public keys of people, by name. */
  readonly team: Readonly<Record<string, string>>;
  /** CI's way in, if it has one. */
  readonly ci?: CiAccess | undefined;
  readonly sshFrom: readonly string[];
  /** The most connections that one of the stack's apps may have in the host's Postgres, where its settings say. */
  readonly connections?: number | undefined;
  /** Path of the release engine's bundle. */
  readonly agent: string;
}

/** Makes a fresh machine a host: its own host key, packages, both users' ways in, firewall, engine, Postgres, agent. */
export class Bootstrap extends pulumi.ComponentResource {
  /** Connection that pins the key made on the host itself. */
  readonly connection: pulumi.Output<HostConnection>;
  /** Public half of the host's lasting key, OpenSSH form. */
  readonly hostKey: pulumi.Output<string>;
  /** What a database on the host waits for. */
  readonly postgres: remote.Command;
  /** What a release on the host waits for. */
  readonly ready: pulumi.Resource[];
  /**
   * What stands for the machine's life (`deletedWith`): first contact, once for each machine. The machine itself won't do. Where it was
   * destroyed by hand, a refresh forgets it and every tie to it, and what lived there would be undone over a connection to nowhere. None
   * where the machine outlives the stack.
   */
  readonly life?: pulumi.Resource;

  constructor(name: string, args: BootstrapArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:Bootstrap", name, {}, opts);
    const { host } = args;
    const within = { parent: this };

    const contact = host.lastingKey ? undefined : firstContact(name, host, within);
    if (contact) this.life = contact;
    const reached = contact ? [contact] : [...host.ready];
    this.hostKey = host.lastingKey ?? lastingKeyOf(contact);
    this.connection = pulumi
      .all([host.firstContact, this.hostKey])
      .apply(([connection, hostKey]) => ({ ...connection, hostKey, dialErrorLimit: attempts }));

    const step = (role: string, script: pulumi.Input<string>, dependsOn: pulumi.Resource[], drops = false) =>
      remoteScript(`${name}-${role}`, { connection: this.connection, script, drops }, { ...within, dependsOn });

    const sshd = contact ? [step("sshd", sshdScript(), reached)] : [];
    const team = step(
      "team",
      pulumi
        .all([host.deployKey, args.ci?.authorizedKey])
        .apply(([key, ci]) => [key, ...Object.values(args.team), ...(ci === undefined ? [] : [ci])])
        // On a machine that is its owner's, deploy may have had keys before.
        .apply(contact ? teamScript : keysScript),
      reached,
    );
    const packages = step("packages", packagesScript(), reached);
    const volume =
      host.volume &&
      step(
        "volume",
        pulumi.all([host.volume.device, host.volume.size]).apply(([device, size]) => volumeScript(device, size)),
        [packages],
      );
    const ground = volume ?? packages;
    const docker = step("docker", `${volume ? "" : noVolumeScript()}${dockerScript()}`, [ground]);
    // A machine that outlives the stack is left open as it was.
    const order = { sshFrom: args.sshFrom, sshPort: host.port, connections: args.connections };
    const firewall = host.machine
      ? step("firewall", hostFirewallScript(order), [docker])
      : step("firewall", passingFirewallScript(order), [docker], true);
    this.postgres = step("postgres", postgresScript(), [ground]);
    const agent = installAgent(
      name,
      args.agent,
      { connection: this.connection, hostKey: this.hostKey },
      [packages],
      within,
    );

    this.ready = [...sshd, team, docker, firewall, agent];
    this.registerOutputs({ hostKey: this.hostKey });
  }
}

function lastingKeyOf(contact: remote.Command | undefined): pulumi.Output<string> {
  if (!contact) throw new Error("a machine without a key of its own needs first contact");
  return contact.stdout.apply((text) => text.trim());
}

/** Runs once in a machine's life: afterwards sshd no longer answers with the key this step pins. */
function firstContact(name: string, host: MachineHost, opts: pulumi.CustomResourceOptions): remote.Command {
  return remoteScript(
    `${name}-first-contact`,
    { connection: host.firstContact, script: firstContactScript(), triggers: host.machine ? [host.machine.id] : [] },
    // Of the connection, what a later version of the program may say otherwise; where another machine is stays heeded.
    {
      ...opts,
      dependsOn: [...host.ready],
      ignoreChanges: ["connection.dialErrorLimit", "connection.perDialTimeout", "connection.user", "create", "stdin"],
    },
  );
}

function installAgent(
  name: string,
  path: string,
  { connection, hostKey }: Pick<Bootstrap, "connection" | "hostKey">,
  dependsOn: pulumi.Resource[],
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const upload = new remote.CopyToRemote(
    `${name}-agent-upload`,
    // Another machine is known by its key; a changed connection alone copies nothing.
    { connection, source: new pulumi.asset.FileAsset(path), remotePath: agentUpload, triggers: [hostKey] },
    { ...opts, dependsOn },
  );
  const sha256 = createHash("sha256").update(readFileSync(path)).digest("hex");
  return remoteScript(`${name}-agent`, { connection, script: agentScript(sha256) }, { ...opts, dependsOn: [upload] });
}
