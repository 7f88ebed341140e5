/** The settings of a pull request's stack, from those of the stack that it is modelled on. Plain data. */
import { nameOnHost } from "../../stacks/nameOnHost";
import { merge, type StackConfig } from "../../stacks/settings/extends";
import type { HostSettings } from "../../stacks/settings/host";
import type { Mistake } from "../../stacks/settings/mistakes";
import { type Previews, sharedLimit } from "../../stacks/settings/previews";
import { EVERY } from "../../stacks/settings/resources";

/** What a preview is derived from. */
export interface PreviewOrder {
  /** Name of the stack that it is modelled on. */
  readonly base: string;
  /** That stack's configuration by full key, with all that it takes over from others. */
  readonly config: StackConfig;
  readonly previews: Previews;
  readonly pull: number;
  /** ISO 8601. */
  readonly expires: string;
  /** What the stack marks as its own; see `infra/mark.ts`. None where it has no machine yet. */
  readonly mark?: string | undefined;
}

/** What comes of it. */
export interface Derived {
  /** By full key. Encrypted values are the other stack's, as they stand there. */
  readonly config: StackConfig;
  readonly mistakes: readonly Mistake[];
}

type Tree = Readonly<Record<string, unknown>>;

/** Seconds that a preview's processes have to end, and for which its releases are watched, at most: nobody misses a request there. */
const HASTE = { drain: 5, watch: 1 } as const;
/** What the settings take a limit of time to be that isn't said. */
const USUAL = { drain: 30, watch: 5 } as const;

/** Name of a pull request's stack. */
export function stackOf(pull: number): string {
  return `pr-${pull}`;
}

/** The pull request that a stack is of, by its name. */
export function pullOf(stack: string): number | undefined {
  const number = /^pr-([1-9]\d{0,8})$/.exec(stack)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** Only what an environment is made of is taken: who may log in, CI's key, GitHub's secrets and the like stay the other stack's. */
export function derive({ base, config, previews, pull, expires, mark }: PreviewOrder): Derived {
  const own = previews.machine === "own";
  const sections = Object.entries(tree(config["slipway:apps"])).flatMap(([name, section]) => {
    const override = previews.apps[name];
    return override === null ? [] : [{ name, section: tree(section), override: override ?? {} }];
  });
  const hosts = hostNames(
    sections.flatMap(({ section }) => routesOf(section).map(hostOf)),
    stackOf(pull),
    previews.domain,
  );
  const common = tree(config["slipway:database"]);
  const mistakes: Mistake[] = [];
  const secrets: string[] = ["slipway:registry.password"];
  if ("pull" in tree(config["slipway:registry"])) secrets.push("slipway:registry.pullPassword");
  const apps = Object.fromEntries(
    sections.map(({ name, section, override }) => {
      const app = appOf(section, override, { hosts, previews, common });
      const settled = settleSecrets(name, tree(app.secrets), previews, base);
      mistakes.push(...settled.mistakes);
      secrets.push(...settled.shared);
      return [name, { ...app, ...(Object.keys(settled.secrets).length > 0 && { secrets: settled.secrets }) }];
    }),
  );
  const dns = dnsOf(tree(config["slipway:dns"]), previews);
  const clouds = own || dns ? Object.keys(config).filter((key) => /^(digitalocean|linode):/.test(key)) : [];
  const taken = [
    "slipway:registry",
    "slipway:tls",
    ...(own ? ["slipway:team"] : []),
    ...clouds,
    ...[...new Set(secrets)],
  ];
  return {
    config: {
      ...Object.fromEntries(taken.filter((key) => key in config).map((key) => [key, config[key]])),
      "slipway:host": hostOfPreview(tree(config["slipway:host"]), base, previews),
      "slipway:database": databaseOf(common, common.mode),
      ...(dns ? { "slipway:dns": dns } : {}),
      "slipway:ephemeral": {
        pull,
        expires,
        ...(mark !== undefined && { mark }),
        ...(Object.keys(previews.seed).length > 0 && {
          seed: Object.fromEntries(
            Object.entries(previews.seed)
              .filter(([app]) => app in apps)
              .map(([app, seed]) => [app, "copy" in seed ? { ...seed, copy: sourceOf(config, base, app) } : seed]),
          ),
        }),
      },
      "slipway:apps": apps,
    },
    mistakes,
  };
}

/** What the stack's own app is called on its machine. */
function sourceOf(config: StackConfig, base: string, app: string): string {
  return nameOnHost({ host: tree(config["slipway:host"]) as unknown as HostSettings, stack: base }, app);
}

/** A tenant of the stack's machine, or a machine like it. */
function hostOfPreview(host: Tree, base: string, { machine, size }: Previews): Tree {
  if (machine === "shared")
    return { provider: "stack", stack: host.provider === "stack" ? host.stack : base, protect: false };
  const { volume: _, ...rest } = host;
  return { ...rest, ...(size === undefined ? {} : { size }), protect: false };
}

/** Records are only needed where no wildcard leads to the machine already, and only possible in the stack's own zone. */
function dnsOf(dns: Tree, { domain, machine }: Previews): Tree | undefined {
  const { zone, wildcard } = dns;
  if (typeof zone !== "string" || !(domain === zone || domain.endsWith(`.${zone}`))) return undefined;
  const covered = Array.isArray(wildcard) && wildcard.includes(domain);
  return covered && machine === "shared" ? undefined : { ...dns, create: false, wildcard: [] };
}

/**
 * A database of its own where the stack has one on its machine, likewise; where that is somewhere else, one on the preview's machine, so that
 * nothing costs money or reaches the stack's data.
 */
function databaseOf(section: Tree, mode: unknown): Tree {
  const { variables, image } = section;
  const kept = variables === undefined ? {} : { variables };
  return mode === "container"
    ? { mode: "container", ...(image === undefined ? {} : { image }), ...kept }
    : { mode: "host", ...kept };
}

/** What an app's settings are derived with besides themselves. */
interface AppContext {
  /** A preview's host names by the stack's. */
  readonly hosts: ReadonlyMap<string, string>;
  readonly previews: Previews;
  /** What stands at `slipway:database`. */
  readonly common: Tree;
}

function appOf(section: Tree, override: Tree, { hosts, previews, common }: AppContext): Tree {
  const { delivery: _delivery, replicas: _replicas, grants: _grants, database, limits, ...rest } = section;
  const given = tree(limits);
  const shorter = (key: keyof typeof HASTE) => {
    const value = given[key];
    return Math.min(typeof value === "number" ? value : USUAL[key], HASTE[key]);
  };
  const usual = previews.machine === "shared" ? sharedLimit : {};
  const limit = {
    ...usual,
    ...(previews.memory === undefined ? {} : { memory: previews.memory }),
    ...(previews.cpus === undefined ? {} : { cpus: previews.cpus }),
  };
  const own = tree(database);
  const app = merge(
    {
      ...rest,
      ...(database === undefined ? {} : { database: databaseOf(own, own.mode ?? common.mode) }),
      ...(Object.keys(limit).length > 0 && { resources: { [EVERY]: limit } }),
      limits: { ...given, drain: shorter("drain"), watch: shorter("watch") },
      keep: 2,
      snapshot: false,
    },
    override,
  );
  return {
    ...app,
    routes: routesOf(section).map((route) => {
      const host = hosts.get(hostOf(route)) ?? hostOf(route);
      return typeof route === "string" ? host : { ...tree(route), host };
    }),
    ...(app.env === undefined ? {} : { env: renamed(tree(app.env), hosts) }),
  };
}

/** Values in which a host name of the stack stands, e.g. DJANGO_ALLOWED_HOSTS, name the preview's instead. */
function renamed(env: Tree, hosts: ReadonlyMap<string, string>): Tree {
  const names = [...hosts.keys()].sort((a, b) => b.length - a.length);
  if (names.length === 0) return env;
  const pattern = new RegExp(
    `(?<![A-Za-z0-9-])(?<![A-Za-z0-9-]\\.)(${names.map((name) => name.replaceAll(".", "\\.")).join("|")})(?![A-Za-z0-9-]|\\.[A-Za-z0-9])`,
    "g",
  );
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      typeof value === "string" ? value.replace(pattern, (found) => hosts.get(found) ?? found) : value,
    ]),
  );
}

/** The first host name becomes `pr-7.DOMAIN`, each further one `pr-7-LABEL.DOMAIN`: all one label deep, as a wildcard covers it. */
function hostNames(given: readonly string[], stack: string, domain: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const host of new Set(given)) {
    const label = host.split(".")[0] ?? "";
    const plain = names.size === 0 ? stack : `${stack}-${label}`.slice(0, 60).replace(/-+$/, "");
    let free = plain;
    for (let number = 2; taken.has(free); number++) free = `${plain}-${number}`;
    taken.add(free);
    names.set(host, `${free}.${domain}`);
  }
  return names;
}

/** A secret that the stack makes is made anew; for one from its configuration somebody has to say what a preview gets. */
function settleSecrets(app: string, secrets: Tree, previews: Previews, base: string) {
  const mistakes: Mistake[] = [];
  const shared: string[] = [];
  const settled = Object.entries(secrets).map(([variable, origin]) => {
    if (origin !== "config") return [variable, origin];
    const name = `${app}.${variable}`;
    const said = previews.secrets[name];
    if (said === undefined) {
      mistakes.push({
        path: `slipway:previews.secrets.${name}`,
        what: `missing: ${base} has this secret from its configuration, and nobody said what a preview gets`,
        allowed: `generate: a value of its own; share: that of ${base}`,
        mend: `slipway:previews: { secrets: { ${name}: share } } in Pulumi.${base}.yaml`,
      });
    }
    if (said === "share") shared.push(`slipway:${name}`);
    return [variable, said === "generate" ? "generate" : "config"];
  });
  return { secrets: Object.fromEntries(settled) as Tree, shared, mistakes };
}

function routesOf(section: Tree): readonly unknown[] {
  return Array.isArray(section.routes) ? section.routes : [];
}

function hostOf(route: unknown): string {
  return typeof route === "string" ? route : String(tree(route).host);
}

function tree(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}
