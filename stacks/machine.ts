/** The shape of environment that is one machine: every app, its database and its edge live on it. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Origin, Route, Tls } from "../agent/manifest";
import { mountOf } from "../agent/mount";
import { placeOf } from "../infra/database/choice";
import type { GitHubAccess } from "../infra/delivery/githubAccess";
import type { CiLogin } from "../infra/host/ciAccess";
import { type CloudLogin, TenantsGuard } from "../infra/host/tenantsGuard";
import { Dns } from "../infra/network/dns";
import { certificateAuthority, dnsRecords, recordsToSet } from "../infra/network/dnsRecords";
import { Notifications } from "../infra/notify/notifications";
import { AppImages } from "../infra/registry/appImages";
import { AppClaim, type Tenure } from "../infra/release/appClaim";
import { AppCopy } from "../infra/release/appCopy";
import { AppRelease } from "../infra/release/appRelease";
import { AppSeed } from "../infra/release/appSeed";
import { type ReleasePlan, releaseContent, routeUrl } from "../infra/release/content";
import type { Provenance } from "../infra/release/provenance";
import { AppDatabases } from "./databases";
import { makeDelivery } from "./delivery";
import { factsOf, StackFacts } from "./facts";
import { type Ground, makeGround } from "./ground";
import { nameOnHost, stackName } from "./nameOnHost";
import type { AppSettings, Settings } from "./settings";
import { limitOf, withLimit } from "./settings/resources";

/** What a stack of this shape gives back. */
export interface MachineOutputs {
  /** Where each app answers. */
  readonly urls: Record<string, string[]>;
  readonly address: pulumi.Output<string>;
  /** Lines of a zone file: records that the owner of the host names is to set. None where the stack sets them all. */
  readonly recordsToSet: pulumi.Output<readonly string[]> | undefined;
  /** GB of the volume that the machine's data lives on, if it has one. */
  readonly volumeSize: pulumi.Output<number> | undefined;
  /** Where its sshd listens. */
  readonly port: pulumi.Output<number>;
  /** A line to paste. */
  readonly ssh: pulumi.Output<string>;
  /** For a known_hosts file. */
  readonly hostKey: pulumi.Output<string>;
  /** Private key of `deploy`, OpenSSH form: how the verbs log in where a person has no key of their own. A secret. */
  readonly deployKey: pulumi.Output<string>;
  readonly releases: Record<string, { number: pulumi.Output<number>; images: pulumi.Output<Record<string, string>> }>;
  /** Where each app's database is; what the next run compares with. */
  readonly databases: Record<string, pulumi.Output<string>>;
  /** What each app is called on the host. */
  readonly onHost: Record<string, string>;
  /** Regions of the managed clusters that their cloud can't move, by name; what the next run compares with. None where there are none. */
  readonly clusterRegions: Readonly<Record<string, pulumi.Output<string>>> | undefined;
  /** What the next run compares with; a secret. */
  readonly provenance: pulumi.Output<Record<string, Provenance>>;
  /** Of a stack that is thrown away: whose it is and when. */
  readonly ephemeral: { readonly pull: number; readonly expires: string } | undefined;
  /** What CI logs in with to release by itself; a secret. None where no app is released so. */
  readonly ci: pulumi.Output<CiLogin> | undefined;
}

/** What the run brings besides the settings. */
export interface MachineRun {
  readonly origin: Origin;
  /** The provenance this stack gave back last time, by app. */
  readonly remembered: pulumi.Output<Record<string, Provenance | undefined>>;
  /** GB of the data volume that this stack gave back last time. */
  readonly lastVolume?: pulumi.Output<number | undefined>;
  /** Address of the machine that this stack gave back last time. */
  readonly lastAddress?: pulumi.Output<string | undefined>;
  /** Settings of providers that stand in clear and are secrets. */
  readonly clear?: readonly string[];
  /** Of the repository that is told of the stack, if there is one. */
  readonly github?: GitHubAccess | undefined;
  /** Path of the release engine's bundle. */
  readonly agent: string;
  /** How the clouds are asked, by provider, as far as the stack's settings say. */
  readonly clouds?: Readonly<Record<string, CloudLogin | undefined>> | undefined;
}

/** Wires one machine and its apps. */
export function machine(settings: Settings, run: MachineRun): MachineOutputs {
  const name = `${settings.project}-${settings.stack}`;
  new StackFacts(`${name}-facts`, factsOf(settings, run.clear ?? []), { machineBefore: run.lastAddress });
  const ground = makeGround(name, settings, run);
  const { connection, machine, life } = ground;
  const names = makeNames(name, settings, ground);
  const registry = { ...settings.registry, password: pulumi.secret(settings.registry.password) };
  const { username, password: pullPassword } = settings.registry.pull ?? settings.registry;
  const pull = { server: registry.server, username, password: pulumi.secret(pullPassword) };
  const databases = new AppDatabases({
    name,
    host: settings.host,
    machine,
    life,
    sources: ground.sources,
    connection,
    stack: stackName(settings),
    mark: ground.mark,
    postgres: ground.postgres,
    ready: ground.ready,
    keep: keepsData(settings),
    lastDump: settings.ephemeral === undefined,
    isEphemeral: settings.ephemeral !== undefined,
    registry: { server: registry.server, username, password: pullPassword },
  });

  const told = makeNotifications(name, settings, ground);
  const apps = settings.apps.map((app) => {
    const tenure = tenureOf(settings, app.name);
    const claim = new AppClaim(
      `${app.name}-claim`,
      { ...tenure, mark: ground.mark, connection, life },
      { dependsOn: [...ground.ready] },
    );
    const images = new AppImages(app.name, {
      app: app.name,
      folder: app.folder,
      sources: Object.fromEntries(app.compose.services.map((service) => [service.name, service.source])),
      registry,
      ...app.build,
    });
    const database = databases.of(app, tenure.app, claim);
    const own = appSecrets(app);
    const environment = pulumi
      .all([database.environment, own])
      .apply(([ofDatabase, ofApp]) => ({ ...ofDatabase, ...ofApp }));
    const content = pulumi
      .all([images.images, pull.password, environment, database.manifest])
      .apply(([asked, password, values, part]) =>
        releaseContent(releasePlan(settings, app), {
          images: asked,
          registry: { ...pull, password },
          environment: values,
          secrets: [...database.secrets, ...Object.keys(app.secrets)],
          database: part,
        }),
      );
    const seed = settings.ephemeral?.seed[app.name];
    const copied =
      seed && "copy" in seed
        ? [
            new AppCopy(
              `${app.name}-copy`,
              {
                tenure,
                url: database.access.apply(({ url }) => url),
                from: seed.copy,
                scrub: seed.scrub,
                connection,
                life,
              },
              { dependsOn: [claim, ...database.ready] },
            ),
          ]
        : [];
    const release = new AppRelease(
      `${app.name}-release`,
      {
        tenure,
        connection,
        life,
        content,
        now: run.origin,
        last: run.remembered.apply((remembered) => remembered[app.name]),
      },
      { dependsOn: [claim, ...database.ready, ...copied, ...told] },
    );
    if (seed && "command" in seed)
      new AppSeed(`${app.name}-seed`, { app: tenure.app, ...seed, connection, life }, { dependsOn: [release] });
    const values = { variables: own.apply((secrets) => ({ ...app.env, ...secrets })), database: database.access };
    return { app, images, release, values };
  });
  if (settings.github && run.github) {
    makeDelivery(name, settings.github, {
      access: run.github,
      registry: settings.registry,
      apps: Object.fromEntries(apps.map(({ app, values }) => [app.name, values])),
      ci: ground.ci,
    });
  }
  if (ground.own) {
    const { provider } = settings.host;
    new TenantsGuard(
      `${name}-tenants`,
      { stack: stackName(settings), provider, connection, ...ground.own, login: run.clouds?.[provider] },
      { dependsOn: [...ground.ready, ...names, ...apps.map(({ release }) => release)] },
    );
  }

  return {
    urls: Object.fromEntries(
      apps.map(({ app }) => [app.name, app.routes.map((route) => routeUrl(route, settings.tls))]),
    ),
    address: ground.address,
    port: ground.port,
    recordsToSet: namesToSet(settings, ground),
    volumeSize: ground.volumeSize,
    ssh: sshLine(ground),
    hostKey: ground.hostKey,
    deployKey: pulumi.secret(connection.apply(({ privateKey }) => privateKey)),
    releases: Object.fromEntries(
      apps.map(({ app, images, release }) => [app.name, { number: release.number, images: images.images }]),
    ),
    // Known once the release is live, and its data with it.
    databases: Object.fromEntries(
      apps.map(({ app, release }) => [app.name, release.number.apply(() => placeOf(app.database.at))]),
    ),
    onHost: Object.fromEntries(apps.map(({ app }) => [app.name, nameOnHost(settings, app.name)])),
    clusterRegions: Object.keys(databases.fixedRegions).length > 0 ? databases.fixedRegions : undefined,
    provenance: pulumi.secret(
      pulumi.all(Object.fromEntries(apps.map(({ app, release }) => [app.name, release.provenance]))),
    ),
    ephemeral: settings.ephemeral && { pull: settings.ephemeral.pull, expires: settings.ephemeral.expires },
    ci: ground.ci,
  };
}

/** Before the first release, so that it is told, too. */
function makeNotifications(name: string, settings: Settings, { connection, life, ready }: Ground): Notifications[] {
  const { notify, host } = settings;
  if (!notify) return [];
  const stack = stackName(settings);
  const order = { version: 1 as const, stack, machine: host.provider !== "stack", ...notify };
  return [new Notifications(`${name}-notify`, { stack, order, connection, life }, { dependsOn: [...ready] })];
}

/** The records that the stack sets by itself. */
function makeNames(name: string, { dns, tls, apps, host: { protect } }: Settings, ground: Ground): Dns[] {
  if (!dns) return [];
  const { address, addressV6 } = ground;
  const records = dnsRecords({
    zone: dns.zone,
    hosts: hostNames(apps),
    wildcard: dns.wildcard,
    ipv6: addressV6 !== undefined,
    authority: dns.caa ? certificateAuthority(tls) : undefined,
  });
  return [new Dns(`${name}-dns`, { ...dns, protect, records, address, addressV6 })];
}

/** The records that the stack can't set. */
function namesToSet({ dns, apps }: Settings, { address, addressV6 }: Ground): MachineOutputs["recordsToSet"] {
  const lines = (ipv4: string, ipv6?: string) => recordsToSet(hostNames(apps), dns?.zone, { ipv4, ipv6 });
  if (lines("").length === 0) return undefined;
  return pulumi.all([address, addressV6]).apply(([ipv4, ipv6]) => lines(ipv4, ipv6));
}

function hostNames(apps: Settings["apps"]): string[] {
  return apps.flatMap(({ routes }) => routes.map(({ host }) => host));
}

function sshLine({ address, port }: Ground): pulumi.Output<string> {
  return pulumi
    .all([address, port])
    .apply(([host, number]) => `ssh ${number === 22 ? "" : `-p ${number} `}deploy@${host}`);
}

/** On a machine that is the user's own, data stays unless asked. */
function keepsData({ host }: Settings): boolean {
  return host.provider === "existing" && host.keepData;
}

/** A tenant leaves nothing of its own behind. */
function tenureOf(settings: Settings, app: string): Tenure {
  const keepVolumes =
    settings.host.provider === "existing" ? settings.host.keepData : settings.host.provider !== "stack";
  return { app: nameOnHost(settings, app), stack: stackName(settings), keepVolumes };
}

/** What is known of an app's release from the settings alone. */
export function releasePlan(
  settings: Pick<Settings, "tls" | "host" | "project" | "stack">,
  app: AppSettings,
): ReleasePlan {
  const releasing = app.compose.services.find((service) => service.release);
  const first = app.routes[0];
  return {
    app: nameOnHost(settings, app.name),
    stack: stackName(settings),
    processes: Object.fromEntries(
      app.compose.services.map((service) => [
        service.name,
        {
          compose: { ...withLimit(service.compose, limitOf(app.resources, service.name)) },
          ...(app.grants[service.name] === undefined ? {} : { grants: [...(app.grants[service.name] ?? [])] }),
          replicas: app.replicas[service.name] ?? 1,
          ...(service.port === undefined ? {} : { port: service.port }),
          ...(service.health === undefined ? {} : { health: service.health }),
          ...(service.static === undefined ? {} : { static: service.static }),
          ...(service.media === undefined ? {} : { media: service.media }),
          ...(service.schedule === undefined ? {} : { schedule: service.schedule }),
        },
      ]),
    ),
    routes: [...app.routes],
    tls: settings.tls,
    ...(releasing?.release ? { release: { process: releasing.name, command: [...releasing.release] } } : {}),
    env: { ...(first ? { PUBLIC_URL: publicUrl(first, app.routes, settings.tls) } : {}), ...app.env },
    volumes: app.compose.volumes,
    limits: app.limits,
    keep: app.keep,
    ...(app.snapshot ? { snapshot: app.snapshot } : {}),
    ...(app.delivery ? { delivery: app.delivery } : {}),
  };
}

/** Address that an app puts before its own paths. */
function publicUrl(first: Route, routes: readonly Route[], tls: Tls): string {
  const { base } = mountOf(first, routes);
  return routeUrl({ host: first.host, path: base }, tls);
}

function appSecrets(app: AppSettings): pulumi.Output<Record<string, string>> {
  const values = Object.entries(app.secrets).map(([variable, origin]): [string, pulumi.Output<string>] => [
    variable,
    origin === "generate"
      ? new random.RandomPassword(`${app.name}-secret-${variable}`, { length: 64, special: false }).result
      : pulumi.secret(origin.value),
  ]);
  return pulumi.all(Object.fromEntries(values));
}
