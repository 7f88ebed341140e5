/** The shape of environment that is one machine: every app, its database and its edge live on it. */
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { Origin, Route, Tls } from "../agent/manifest";
import { mountOf } from "../agent/mount";
import { placeOf } from "../infra/database/choice";
import { Bootstrap } from "../infra/host/bootstrap";
import { CiAccess, type CiLogin, knownHosts } from "../infra/host/ciAccess";
import type { MachineHost } from "../infra/host/machineHost";
import { Dns } from "../infra/network/dns";
import { certificateAuthority, dnsRecords, recordsToSet } from "../infra/network/dnsRecords";
import { AppImages } from "../infra/registry/appImages";
import { AppRelease } from "../infra/release/appRelease";
import { type ReleasePlan, releaseContent, routeUrl } from "../infra/release/content";
import type { Provenance } from "../infra/release/provenance";
import { AppDatabases } from "./databases";
import { makeHost } from "./host";
import type { AppSettings, Settings } from "./settings";

/** What a stack of this shape gives back. */
export interface MachineOutputs {
  /** Where each app answers. */
  readonly urls: Record<string, string[]>;
  readonly address: pulumi.Output<string>;
  /** Lines of a zone file: records that the owner of the host names is to set. None where the stack sets them all. */
  readonly recordsToSet: pulumi.Output<readonly string[]> | undefined;
  /** GB of the volume that the machine's data lives on, if it has one. */
  readonly volumeSize: pulumi.Output<number> | undefined;
  /** A line to paste. */
  readonly ssh: pulumi.Output<string>;
  /** For a known_hosts file. */
  readonly hostKey: pulumi.Output<string>;
  /** Private key of `deploy`, OpenSSH form: how the verbs log in where a person has no key of their own. A secret. */
  readonly deployKey: pulumi.Output<string>;
  readonly releases: Record<string, { number: pulumi.Output<number>; images: pulumi.Output<Record<string, string>> }>;
  /** Where each app's database is; what the next run compares with. */
  readonly databases: Record<string, pulumi.Output<string>>;
  /** What the next run compares with; a secret. */
  readonly provenance: pulumi.Output<Record<string, Provenance>>;
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
  /** Path of the release engine's bundle. */
  readonly agent: string;
}

/** Wires one machine and its apps. */
export function machine(settings: Settings, run: MachineRun): MachineOutputs {
  const name = `${settings.project}-${settings.stack}`;
  const host = makeHost(name, settings.host, run.lastVolume ?? pulumi.output(undefined));
  const ci = settings.ci.apps.length > 0 ? new CiAccess(`${name}-ci`, settings.ci) : undefined;
  const bootstrap = new Bootstrap(`${name}-host`, {
    host,
    team: settings.team,
    ci,
    sshFrom: settings.host.sshFrom,
    agent: run.agent,
  });
  makeNames(name, settings, host);
  const registry = { ...settings.registry, password: pulumi.secret(settings.registry.password) };
  const { username, password: pullPassword } = settings.registry.pull ?? settings.registry;
  const pull = { server: registry.server, username, password: pulumi.secret(pullPassword) };
  const databases = new AppDatabases({
    name,
    host: settings.host,
    machine: host.machine,
    connection: bootstrap.connection,
    postgres: bootstrap.postgres,
    ready: bootstrap.ready,
    registry: { server: registry.server, username, password: pullPassword },
  });

  const apps = settings.apps.map((app) => {
    const images = new AppImages(app.name, {
      app: app.name,
      folder: app.folder,
      sources: Object.fromEntries(app.compose.services.map((service) => [service.name, service.source])),
      registry,
      ...app.build,
    });
    const database = databases.of(app);
    const environment = pulumi
      .all([database.environment, appSecrets(app)])
      .apply(([ofDatabase, own]) => ({ ...ofDatabase, ...own }));
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
    const release = new AppRelease(
      `${app.name}-release`,
      {
        app: app.name,
        connection: bootstrap.connection,
        machine: host.machine,
        content,
        now: run.origin,
        last: run.remembered.apply((remembered) => remembered[app.name]),
      },
      { dependsOn: [...bootstrap.ready, ...database.ready] },
    );
    return { app, images, release };
  });

  return {
    urls: Object.fromEntries(
      apps.map(({ app }) => [app.name, app.routes.map((route) => routeUrl(route, settings.tls))]),
    ),
    address: host.address,
    recordsToSet: namesToSet(settings, host),
    volumeSize: host.volume?.size,
    ssh: pulumi.interpolate`ssh deploy@${host.address}`,
    hostKey: bootstrap.hostKey,
    deployKey: pulumi.secret(bootstrap.connection.apply(({ privateKey }) => privateKey)),
    releases: Object.fromEntries(
      apps.map(({ app, images, release }) => [app.name, { number: release.number, images: images.images }]),
    ),
    // Known once the release is live, and its data with it.
    databases: Object.fromEntries(
      apps.map(({ app, release }) => [app.name, release.number.apply(() => placeOf(app.database.at))]),
    ),
    provenance: pulumi.secret(
      pulumi.all(Object.fromEntries(apps.map(({ app, release }) => [app.name, release.provenance]))),
    ),
    ci: ci && ciLogin(ci, host, bootstrap),
  };
}

/** The records that the stack sets by itself. */
function makeNames(name: string, { dns, tls, apps, host: { protect } }: Settings, host: MachineHost): void {
  if (!dns) return;
  const { address, addressV6 } = host;
  const records = dnsRecords({
    zone: dns.zone,
    hosts: hostNames(apps),
    wildcard: dns.wildcard,
    ipv6: addressV6 !== undefined,
    authority: dns.caa ? certificateAuthority(tls) : undefined,
  });
  new Dns(`${name}-dns`, { ...dns, protect, records, address, addressV6 });
}

/** The records that the stack can't set. */
function namesToSet({ dns, apps }: Settings, { address, addressV6 }: MachineHost): MachineOutputs["recordsToSet"] {
  const lines = (ipv4: string, ipv6?: string) => recordsToSet(hostNames(apps), dns?.zone, { ipv4, ipv6 });
  if (lines("").length === 0) return undefined;
  return pulumi.all([address, addressV6]).apply(([ipv4, ipv6]) => lines(ipv4, ipv6));
}

function hostNames(apps: Settings["apps"]): string[] {
  return apps.flatMap(({ routes }) => routes.map(({ host }) => host));
}

function ciLogin(ci: CiAccess, host: MachineHost, bootstrap: Bootstrap): pulumi.Output<CiLogin> {
  return pulumi.secret(
    pulumi.all([host.address, bootstrap.hostKey, ci.privateKey]).apply(([address, hostKey, privateKey]) => ({
      host: address,
      user: "deploy",
      knownHosts: knownHosts(address, hostKey),
      privateKey,
    })),
  );
}

/** What is known of an app's release from the settings alone. */
export function releasePlan(settings: Pick<Settings, "tls">, app: AppSettings): ReleasePlan {
  const releasing = app.compose.services.find((service) => service.release);
  const first = app.routes[0];
  return {
    app: app.name,
    processes: Object.fromEntries(
      app.compose.services.map((service) => [
        service.name,
        {
          compose: { ...service.compose },
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
