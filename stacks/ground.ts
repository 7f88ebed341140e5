/** What the apps of an environment stand on: a machine of the stack's own, or a place on another stack's. */
import * as pulumi from "@pulumi/pulumi";
import { Bootstrap } from "../infra/host/bootstrap";
import { CiAccess, type CiLogin, knownHosts } from "../infra/host/ciAccess";
import type { InCloud, MachineHost } from "../infra/host/machineHost";
import { Tenancy } from "../infra/host/tenancy";
import { markOf } from "../infra/mark";
import type { HostConnection } from "../infra/ssh/remoteScript";
import { makeHost } from "./host";
import { stackName } from "./nameOnHost";
import type { Settings } from "./settings";

/** @see the file's head */
export interface Ground {
  readonly address: pulumi.Output<string>;
  /** Public IPv6 address, if it has one. */
  readonly addressV6?: pulumi.Output<string> | undefined;
  /** Where sshd listens. */
  readonly port: pulumi.Output<number>;
  readonly hostKey: pulumi.Output<string>;
  readonly connection: pulumi.Output<HostConnection>;
  /** What the stack marks as its own; see `infra/mark.ts`. */
  readonly mark: pulumi.Output<string>;
  /** The machine, if it goes with the stack. */
  readonly machine?: pulumi.CustomResource | undefined;
  /** What stands for the machine itself, and where it stands on its cloud's record; nothing of a machine that is another stack's. */
  readonly own?: { readonly machine: pulumi.Resource; readonly inCloud?: pulumi.Output<InCloud> | undefined };
  /** Networks that its own connections come from, where its cloud's databases know it by nothing else. */
  readonly sources?: pulumi.Output<readonly string[]> | undefined;
  /** What stands for the machine's life, if it goes with the stack; see Bootstrap. */
  readonly life?: pulumi.Resource | undefined;
  /** GB of the volume that its data lives on, if it has one. */
  readonly volumeSize?: pulumi.Output<number> | undefined;
  /** What a database on the host waits for. */
  readonly postgres: pulumi.Resource;
  /** What the release engine's commands wait for. */
  readonly ready: readonly pulumi.Resource[];
  readonly ci: pulumi.Output<CiLogin> | undefined;
}

/** What the run brings to it. */
export interface GroundRun {
  /** GB of the data volume that this stack gave back last time. */
  readonly lastVolume?: pulumi.Output<number | undefined>;
  /** Path of the release engine's bundle. */
  readonly agent: string;
}

/** Makes the ground that the settings ask for. */
export function makeGround(name: string, settings: Settings, { lastVolume, agent }: GroundRun): Ground {
  const { host, ephemeral } = settings;
  const mark = (connection: pulumi.Output<HostConnection>) => markOn(connection, ephemeral?.mark);
  if (host.provider === "stack") return tenancy(name, fullName(host.stack, settings.project), mark);
  const machine = makeHost(name, host, {
    stack: stackName(settings),
    mark: ephemeral?.mark,
    privateKey: settings.hostPrivateKey,
    lastVolume: lastVolume ?? pulumi.output(undefined),
  });
  const ci = settings.ci.apps.length > 0 ? new CiAccess(`${name}-ci`, settings.ci) : undefined;
  const { team } = settings;
  const { sshFrom } = host;
  const connections = mostConnections(settings);
  const bootstrap = new Bootstrap(`${name}-host`, { host: machine, team, ci, sshFrom, connections, agent });
  const { connection, hostKey, postgres, ready } = bootstrap;
  const { address, addressV6, port = 22 } = machine;
  return {
    address,
    addressV6,
    port: pulumi.output(port),
    hostKey,
    connection,
    mark: mark(connection),
    machine: machine.machine,
    own: ownMachine(machine),
    sources: machine.sources,
    life: bootstrap.life,
    volumeSize: machine.volume?.size,
    postgres,
    ready,
    ci: ci && ciLogin(ci, { address, port, hostKey }),
  };
}

function mostConnections({ apps }: Pick<Settings, "apps">): number | undefined {
  const asked = apps.flatMap(({ database: { at } }) => (at.mode === "host" && at.connections ? [at.connections] : []));
  return asked.length > 0 ? Math.max(...asked) : undefined;
}

/** One that outlives the stack is stood for by what took it in. */
function ownMachine({ machine, ready, inCloud }: MachineHost): NonNullable<Ground["own"]> {
  const own = machine ?? ready[0];
  if (!own) throw new Error("a machine of the stack's has something that stands for it");
  return { machine: own, inCloud };
}

/** @param given the mark of the stack that a preview is modelled on */
function markOn(connection: pulumi.Output<HostConnection>, given: string | undefined): pulumi.Output<string> {
  if (given !== undefined) return pulumi.output(given);
  return pulumi.unsecret(connection.apply(({ privateKey }) => markOf(privateKey)));
}

/** @param owner full name of the stack whose machine it is */
function tenancy(
  name: string,
  owner: string,
  mark: (connection: pulumi.Output<HostConnection>) => pulumi.Output<string>,
): Ground {
  const other = new pulumi.StackReference("host", { name: owner });
  const output = <T>(key: string) => other.getOutput(key) as pulumi.Output<T | undefined>;
  const { address, port, hostKey, connection, there } = new Tenancy(`${name}-host`, {
    owner,
    address: output<string>("address"),
    port: output<number>("port"),
    hostKey: output<string>("hostKey"),
    deployKey: output<string>("deployKey"),
  });
  return {
    address,
    port,
    hostKey,
    connection,
    mark: mark(connection),
    postgres: there,
    ready: [there],
    ci: undefined,
  };
}

/** `STACK`, `PROJECT/STACK` or `ORGANIZATION/PROJECT/STACK` in full. */
function fullName(stack: string, project: string): string {
  const parts = stack.split("/");
  return [...[pulumi.getOrganization(), project].slice(0, 3 - parts.length), ...parts].join("/");
}

function ciLogin(
  ci: CiAccess,
  { address, port, hostKey }: { address: pulumi.Output<string>; port: number; hostKey: pulumi.Output<string> },
): pulumi.Output<CiLogin> {
  return pulumi.secret(
    pulumi.all([address, hostKey, ci.privateKey]).apply(([host, key, privateKey]) => ({
      host,
      ...(port === 22 ? {} : { port }),
      user: "deploy",
      knownHosts: knownHosts(host, key, port),
      privateKey,
    })),
  );
}
