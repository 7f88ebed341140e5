/**
 * The one reader of a stack's configuration and of the environment it is brought up from. Everything is checked here,
 * at once, before the first resource is made; what comes out is plain data that the rest of the program can rely on.
 */
import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { z } from "zod";
import { Name, type Route, type Tls } from "../agent/manifest";
import type { DatabasePlan } from "../infra/database/choice";
import {
  type ComposeApp,
  type ComposeContext,
  composeFileNames,
  isSecretName,
  readCompose,
  type Service,
} from "./settings/compose";
import { type Grants, grantMistakes } from "./settings/composeKeys";
import { readDatabase } from "./settings/database";
import { Dns, type DnsSettings, dnsMistakes } from "./settings/dns";
import { Ephemeral, type Ephemeral as EphemeralSettings, readEphemeral } from "./settings/ephemeral";
import { EXTENDS, extend, fileReader } from "./settings/extends";
import { GitHub, type GitHubSettings, readGitHub } from "./settings/github";
import { Host, type HostSettings } from "./settings/host";
import { fromZod, type Mistake, nearest, SettingsError, show, withoutMistakes } from "./settings/mistakes";
import { type NotifySettings, resolveNotify } from "./settings/notify";
import { Policies } from "./settings/policies";
import { Previews, previewsMistakes } from "./settings/previews";
import { type Resources, resourceMistakes } from "./settings/resources";
import { type Claim, doubleClaims, mountMistakes, written } from "./settings/routes";
import * as schema from "./settings/schema";
import { resolveTls } from "./settings/tls";

/** What the reader reads: a stack's configuration as Pulumi hands it over, and the files beside it. */
export interface ConfigSource {
  readonly project: string;
  readonly stack: string;
  /** Every configuration value by full key, e.g. `slipway:host`; structured values as JSON, secrets decrypted. */
  readonly values: Readonly<Record<string, string>>;
  /** Whether the value of a full key is encrypted in the stack's file. */
  isSecret(key: string): boolean;
  /** Variables of the environment that the stack is brought up from. @default none */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from: the project's root. */
  readonly root: string;
}

/** Where images go; passwords are in clear here and made secrets by whoever wires them. */
export type RegistrySettings = Omit<z.output<typeof schema.Registry>, "pull"> & {
  readonly password: string;
  /** The hosts' own login, if it is another one. */
  readonly pull?: { readonly username: string; readonly password: string };
};

/** One app of the environment. */
export interface AppSettings {
  readonly name: string;
  /** The compose file's folder, relative to the project's root where it lies below it. */
  readonly folder: string;
  readonly compose: ComposeApp;
  readonly routes: readonly Route[];
  readonly build: z.output<typeof schema.App>["build"];
  readonly env: Readonly<Record<string, string>>;
  /** `generate`: the stack makes the value. Otherwise the value itself, made a secret by whoever wires it. */
  readonly secrets: Readonly<Record<string, "generate" | { readonly value: string }>>;
  readonly database: DatabasePlan;
  readonly replicas: Readonly<Record<string, number>>;
  readonly resources: Resources;
  readonly grants: Grants;
  readonly limits: z.output<typeof schema.App>["limits"];
  readonly keep: number;
  readonly snapshot: z.output<typeof schema.App>["snapshot"];
  readonly delivery?: NonNullable<z.output<typeof schema.App>["delivery"]>;
}

/** A whole environment, checked. */
export interface Settings {
  readonly project: string;
  readonly stack: string;
  readonly host: HostSettings;
  /** How a machine is reached that is there already; in clear here, and made a secret by whoever wires it. */
  readonly hostPrivateKey?: string;
  readonly team: Readonly<Record<string, string>>;
  readonly registry: RegistrySettings;
  readonly tls: Tls;
  /** Absent: whoever owns the host names sets their records. */
  readonly dns?: DnsSettings;
  readonly ci: z.output<typeof schema.Ci>;
  /** Absent: as its name and its machine say. */
  readonly policies?: Policies;
  /** What an environment of a pull request is like. Absent: there are none. */
  readonly previews?: Previews;
  /** Present where the stack is one that is thrown away. */
  readonly ephemeral?: EphemeralSettings;
  /** Absent: nobody is told of anything. */
  readonly notify?: NotifySettings;
  /** Absent: no repository is told of the stack. */
  readonly github?: GitHubSettings;
  readonly apps: readonly AppSettings[];
}

/** Keys under `slipway:` that hold a structure; every other key is a secret, `PART.NAME`. */
const structures = {
  host: Host,
  team: schema.Team,
  registry: schema.Registry,
  database: schema.Database,
  tls: schema.Tls,
  dns: Dns,
  ci: schema.Ci,
  policies: Policies,
  previews: Previews,
  ephemeral: Ephemeral,
  notify: schema.Notify,
  github: GitHub,
  apps: z.record(z.string(), z.unknown()),
} as const;

/**
 * Reads and checks the settings of a stack.
 * @throws SettingsError with every mistake there is
 */
export function readSettings(given: ConfigSource): Settings {
  const { source, mistakes, fileOf } = extended(given);
  const reader = new Reader(source, mistakes);
  const host = reader.structure("host");
  const team = reader.structure("team", {});
  const registry = reader.structure("registry");
  const database = reader.structure("database", { mode: "host" });
  const tls = reader.tls();
  const dns = reader.optional("dns");
  const ci = reader.structure("ci", {});
  const policies = reader.optional("policies");
  const previews = reader.optional("previews");
  const ephemeral = reader.ephemeral();
  const notify = reader.notify(host?.provider === "stack" || ephemeral !== undefined, fileOf);
  const sections = reader.structure("apps") ?? {};
  const apps = Object.entries(sections).flatMap(
    ([name, section]) => reader.app(name, section, database ?? { mode: "host", variables: {} }, host?.provider) ?? [],
  );
  const password = registry && reader.secret("registry.password", "the registry asks for a login");
  const pullPassword = registry?.pull
    ? reader.secret("registry.pullPassword", `${reader.path("registry.pull")} names a login`)
    : undefined;
  const hostPrivateKey =
    host?.provider === "existing"
      ? reader.secret("host.privateKey", "slipway:host.provider existing logs in with it")
      : undefined;
  const github = reader.github(sections, apps, (ci?.apps.length ?? 0) > 0);
  if (host?.provider === "stack") reader.refuseOfTenant({ team, ci }, fileOf);
  reader.checkKeys();
  reader.checkRoutes();
  reader.checkDns(dns);
  reader.checkCi(ci?.apps ?? [], Object.keys(sections));
  reader.checkPreviews(previews, Object.keys(sections), host?.provider);
  if (apps.length === 0 && reader.mistakes.length === 0) {
    reader.mistakes.push({
      path: reader.path("apps"),
      what: "names no app",
      mend: "apps: { notes: { folder: examples/notes, routes: [notes.example.com] } }",
    });
  }
  if (reader.mistakes.length > 0 || !host || !team || !registry || !database || !tls || !ci || password === undefined) {
    throw new SettingsError(
      source.stack,
      reader.mistakes.map((mistake) => {
        const file = fileOf(mistake.path);
        return file === undefined ? mistake : { ...mistake, path: `${file}: ${mistake.path}` };
      }),
    );
  }
  return {
    project: source.project,
    stack: source.stack,
    host,
    ...(hostPrivateKey === undefined ? {} : { hostPrivateKey }),
    team,
    registry: withPasswords(registry, password, pullPassword),
    tls,
    ...(dns ? { dns } : {}),
    ci,
    ...(policies ? { policies } : {}),
    ...(previews ? { previews } : {}),
    ...(ephemeral ? { ephemeral } : {}),
    ...(notify ? { notify } : {}),
    ...(github ? { github } : {}),
    apps,
  };
}

function withPasswords(
  { pull, ...registry }: z.output<typeof schema.Registry>,
  password: string,
  pullPassword: string | undefined,
): RegistrySettings {
  return {
    ...registry,
    password,
    ...(pull && pullPassword !== undefined ? { pull: { ...pull, password: pullPassword } } : {}),
  };
}

/** Where the settings stand, whatever the project is called: stack files can be carried from one project to another. */
const namespace = "slipway";

/** What a stack's file says together with what it takes over from another's; see `slipway:extends`. */
function extended(given: ConfigSource) {
  const own = Object.fromEntries(
    // Values that Pulumi.yaml gives where a stack says nothing must not hide what is taken over.
    Object.entries(given.values)
      .map(([key, text]): [string, unknown] => [key, isStructure(key) ? parseJson(text) : text])
      .filter(([, value]) => !isEmpty(value)),
  );
  const { config, mistakes, fileOf } = extend(own, given.stack, fileReader(given.root));
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  return { source: { ...given, values, isSecret: (key: string) => given.isSecret(key) }, mistakes, fileOf };
}

function isStructure(key: string): boolean {
  return key.startsWith(`${namespace}:`) && key.slice(namespace.length + 1) in structures;
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

class Reader {
  readonly mistakes: Mistake[];
  readonly #source: ConfigSource;
  readonly #secretsAskedFor = new Set<string>();
  readonly #claims: Claim[] = [];

  constructor(source: ConfigSource, mistakes: readonly Mistake[]) {
    this.#source = source;
    this.mistakes = [...mistakes];
  }

  path(key: string): string {
    return `${namespace}:${key}`;
  }

  structure<Key extends keyof typeof structures>(
    key: Key,
    fallback?: unknown,
  ): z.output<(typeof structures)[Key]> | undefined {
    const text = this.#source.values[this.path(key)];
    if (text === undefined && fallback === undefined) {
      this.mistakes.push({
        path: this.path(key),
        what: "missing",
        mend: `write ${key}: under config: of Pulumi.${this.#source.stack}.yaml; Pulumi.prod.yaml shows one`,
      });
      return undefined;
    }
    const value = text === undefined ? fallback : parseJson(text);
    const parsed = structures[key].safeParse(value);
    if (parsed.success) return parsed.data as z.output<(typeof structures)[Key]>;
    this.mistakes.push(...fromZod(this.path(key), value, parsed.error).map((mistake) => helpful(mistake, value)));
    return undefined;
  }

  tls(): Tls | undefined {
    const section = this.structure("tls", { mode: "acme" });
    if (!section) return undefined;
    const { tls, mistakes } = resolveTls(section, { path: this.path("tls"), folder: this.#source.root });
    this.mistakes.push(...mistakes);
    return tls;
  }

  /** What a tenant, or a stack that is thrown away, has taken over from another's settings is the other's alone. */
  notify(isGuest: boolean, fileOf: (path: string) => string | undefined): NotifySettings | undefined {
    const path = this.path("notify");
    const section = isGuest && fileOf(path) !== undefined ? undefined : this.optional("notify");
    if (!section) return undefined;
    const { notify, mistakes } = resolveNotify(section, { path, secret: (key, why) => this.secret(key, why) });
    this.mistakes.push(...mistakes);
    return notify;
  }

  ephemeral(): EphemeralSettings | undefined {
    const section = this.optional("ephemeral");
    if (!section) return undefined;
    const read = readEphemeral(section, { path: this.path("ephemeral"), root: this.#source.root });
    this.mistakes.push(...read.mistakes);
    return read.ephemeral;
  }

  /** A structure that may be left out; an empty one counts as none. */
  optional<Key extends keyof typeof structures>(key: Key): z.output<(typeof structures)[Key]> | undefined {
    return ["{}", undefined].includes(this.#source.values[this.path(key)]) ? undefined : this.structure(key);
  }

  app(
    name: string,
    section: unknown,
    common: z.output<typeof schema.Database>,
    provider: string | undefined,
  ): AppSettings | undefined {
    const path = this.path(`apps.${name}`);
    const before = this.mistakes.length;
    if (!Name.safeParse(name).success || name in structures) {
      this.mistakes.push({
        path,
        what: `${show(name)} cannot name an app`,
        allowed: "a-z, 0-9 and inner hyphens, at most 32; none of the names of settings",
      });
    }
    const strict = schema.App.safeParse(section);
    if (!strict.success) this.mistakes.push(...fromZod(path, section, strict.error));
    const parsed = strict.success ? strict : schema.App.safeParse(usable(section, strict.error));
    if (!parsed.success) return undefined;
    const {
      folder,
      routes,
      profiles,
      build,
      env,
      secrets,
      replicas,
      resources,
      limits,
      keep,
      snapshot,
      delivery,
      grants,
    } = parsed.data;
    const preview = this.#source.values[this.path("ephemeral")] !== undefined;
    for (const [index, route] of strict.success ? routes.entries() : []) {
      const { host, path: below = "" } = written(route);
      this.#claims.push({ app: name, place: `${host}${below}`, path: `${path}.routes[${index}]` });
    }
    for (const [variable, value] of Object.entries(env)) {
      if (isSecretName(variable) && value !== "") {
        this.mistakes.push({
          path: `${path}.env.${variable}`,
          what: "a secret stands here in clear",
          mend: `list it as ${variable}: config under ${path}.secrets, then: pulumi config set --stack ${this.#source.stack} --secret ${namespace}:${name}.${variable}`,
        });
      }
    }
    const given = Object.entries(secrets).map(([variable, origin]): [string, AppSettings["secrets"][string]] => {
      if (origin === "generate") return [variable, "generate"];
      const value = this.secret(`${name}.${variable}`, `${path}.secrets.${variable} asks for it`);
      return [variable, { value: value ?? "" }];
    });
    const mapped = (parsed.data.database?.variables ?? {}) as Readonly<Record<string, unknown>>;
    const compose = this.#compose(path, folder, {
      env,
      secrets: Object.keys(secrets),
      database: Object.keys({ ...common.variables, ...mapped }),
      follows: delivery !== undefined,
      profiles,
      grants,
      preview,
    });
    const database = readDatabase({
      app: name,
      stack: this.#source.stack,
      root: this.#source.root,
      provider,
      common,
      own: parsed.data.database,
      image: compose?.databaseImage,
      taken: [...Object.keys(env), ...Object.keys(secrets)],
      secret: (key, why) => this.secret(key, why),
    });
    // Whether the compose file has an image for it is not known where that one can't be read.
    this.mistakes.push(...database.mistakes.filter(({ path: at }) => compose || !at.endsWith(".image")));
    if (!compose || !database.plan) return undefined;
    const resolvedRoutes = routes.map((route, index) =>
      this.#route(`${path}.routes[${index}]`, written(route), compose),
    );
    const services = Object.fromEntries(
      compose.services.map(({ name, static: files, media }) => [name, { static: files, media }]),
    );
    this.mistakes.push(...mountMistakes(`${path}.routes`, resolvedRoutes, services));
    for (const [process, count] of Object.entries(replicas)) {
      const service = compose.services.find((service) => service.name === process);
      if (!service) {
        this.mistakes.push({
          path: `${path}.replicas.${process}`,
          what: "is no process of the app",
          allowed: compose.services.map((service) => service.name).join(", "),
        });
      } else if (service.schedule !== undefined && count > 1) {
        this.mistakes.push({
          path: `${path}.replicas.${process}`,
          what: `${count} cannot run side by side: ${process} has a schedule and runs once at a time`,
          mend: "remove it",
        });
      }
    }
    const processes = compose.services.map(({ name }) => name);
    this.mistakes.push(...resourceMistakes(`${path}.resources`, resources, processes));
    this.mistakes.push(...grantMistakes(`${path}.grants`, grants, preview, processes));
    if (this.mistakes.length > before) return undefined;
    return {
      name,
      folder: this.#relative(folder),
      compose,
      routes: resolvedRoutes.flatMap((route) => route ?? []),
      build,
      env,
      secrets: Object.fromEntries(given),
      database: database.plan,
      replicas,
      resources,
      grants,
      limits,
      keep,
      snapshot,
      ...(delivery ? { delivery } : {}),
    };
  }

  /** What CI is told, if a repository is named. @param ci whether it gets a key of its own */
  github(
    sections: Readonly<Record<string, unknown>>,
    apps: readonly AppSettings[],
    ci: boolean,
  ): GitHubSettings | undefined {
    const text = this.#source.values[this.path("github")];
    if (text === undefined || text === "{}") return undefined;
    const known = Object.fromEntries(
      apps.map(({ name, env, secrets }) => [name, [...Object.keys(env), ...Object.keys(secrets)]]),
    );
    const { settings, mistakes } = readGitHub(parseJson(text), {
      path: this.path("github"),
      stack: this.#source.stack,
      apps: Object.fromEntries(Object.keys(sections).map((app) => [app, known[app]])),
      ci,
      secret: (key, why) => this.secret(key, why),
    });
    this.mistakes.push(...mistakes);
    const token = this.#githubToken();
    if (!settings || token === undefined) return undefined;
    return { ...settings, token, baseUrl: this.#source.values["github:baseUrl"] };
  }

  /** From the configuration, else from the environment. */
  #githubToken(): string | undefined {
    const key = "github:token";
    const given = this.#source.values[key];
    const token = given ?? (this.#source.env?.GITHUB_TOKEN || undefined);
    const mend = `pulumi config set --stack ${this.#source.stack} --secret ${key}`;
    if (token === undefined) {
      const what = `missing: ${this.path("github")} writes to the repository with it; docs/github.md says what it must be allowed`;
      this.mistakes.push({ path: key, what, mend: `${mend}, or GITHUB_TOKEN in the environment` });
    } else if (given !== undefined && !this.#source.isSecret(key)) {
      this.mistakes.push({ path: key, what: "a secret stands here in clear", mend });
    }
    return token;
  }

  /** The value of the secret `key`; a mistake if it is missing or stands in the stack's file in clear. */
  secret(key: string, why: string): string | undefined {
    this.#secretsAskedFor.add(this.path(key));
    const value = this.#source.values[this.path(key)];
    const mend = `pulumi config set --stack ${this.#source.stack} --secret ${this.path(key)}`;
    if (value === undefined) {
      this.mistakes.push({ path: this.path(key), what: `missing: ${why}`, mend });
    } else if (!this.#source.isSecret(this.path(key))) {
      this.mistakes.push({ path: this.path(key), what: "a secret stands here in clear", mend });
    }
    return value;
  }

  /** Finds what belongs to the stack whose machine it is. What was taken over from another's settings is of no effect. */
  refuseOfTenant(settings: Readonly<Record<string, unknown>>, fileOf: (path: string) => string | undefined): void {
    for (const [key, value] of Object.entries(settings)) {
      const asked = Object.values((value ?? {}) as object).some((part) => !Array.isArray(part) || part.length > 0);
      if (!asked || fileOf(this.path(key)) !== undefined) continue;
      this.mistakes.push({
        path: this.path(key),
        what: "is for a machine of the stack's own, and slipway:host.provider is stack",
        mend: "remove it here; who may log in is settled by the stack whose machine it is",
      });
    }
  }

  /** Finds places that two apps, or one app twice, would answer at. */
  checkRoutes(): void {
    this.mistakes.push(...doubleClaims(this.#claims));
  }

  /** Finds a zone that is no zone of the routes. */
  checkDns(dns: DnsSettings | undefined): void {
    const hosts = this.#claims.map(({ place }) => place.split("/")[0] ?? "");
    if (dns) this.mistakes.push(...dnsMistakes(this.path("dns"), dns, [...new Set(hosts)]));
  }

  /** Finds what does not go with the rest in what is said of pull requests. */
  checkPreviews(previews: Previews | undefined, apps: readonly string[], provider: string | undefined): void {
    if (previews) this.mistakes.push(...previewsMistakes(this.path("previews"), previews, { apps, provider }));
  }

  /** Finds apps that CI is to release and that there are none of. */
  checkCi(wanted: readonly string[], apps: readonly string[]): void {
    for (const [index, app] of wanted.entries()) {
      if (apps.includes(app)) continue;
      const meant = nearest(app, apps);
      this.mistakes.push({
        path: this.path(`ci.apps[${index}]`),
        what: `${show(app)} is no app of this stack`,
        allowed: apps.join(", "),
        ...(meant ? { mend: `did you mean ${meant}?` } : {}),
      });
    }
  }

  /** Finds keys of the settings' namespace that nothing asked for. */
  checkKeys(): void {
    for (const key of Object.keys(this.#source.values)) {
      const [owner, ...rest] = key.split(":");
      const name = rest.join(":");
      if (owner !== namespace || key === EXTENDS || name in structures || this.#secretsAskedFor.has(key)) continue;
      const known = [
        ...Object.keys(structures),
        ...[...this.#secretsAskedFor].map((asked) => asked.slice(namespace.length + 1)),
      ];
      const meant = nearest(name, known);
      this.mistakes.push({
        path: key,
        what: "unknown key",
        allowed: known.join(", "),
        mend: meant ? `did you mean ${meant}?` : `pulumi config rm --stack ${this.#source.stack} ${key}`,
      });
    }
  }

  #relative(folder: string): string {
    const path = relative(this.#source.root, resolve(this.#source.root, folder));
    return path.startsWith("..") ? resolve(this.#source.root, folder) : `./${path}`;
  }

  #compose(path: string, folder: string, app: Omit<ComposeContext, "file">): ComposeApp | undefined {
    const absolute = resolve(this.#source.root, folder);
    if (!statSync(absolute, { throwIfNoEntry: false })?.isDirectory()) {
      this.mistakes.push({
        path: `${path}.folder`,
        what: `${show(folder)} is not a folder`,
        allowed: "a folder with a compose file, from the project's root",
      });
      return undefined;
    }
    const name = composeFileNames.find((candidate) =>
      statSync(join(absolute, candidate), { throwIfNoEntry: false })?.isFile(),
    );
    if (!name) {
      this.mistakes.push({
        path: `${path}.folder`,
        what: `${show(folder)} has no compose file`,
        allowed: composeFileNames.join(", "),
      });
      return undefined;
    }
    const read = readCompose(readFileSync(join(absolute, name), "utf8"), { file: join(folder, name), ...app });
    this.mistakes.push(...read.mistakes);
    for (const service of read.app?.services ?? []) {
      if ("image" in service.source) continue;
      const dockerfile = join(absolute, service.source.build.context, service.source.build.dockerfile);
      if (!statSync(dockerfile, { throwIfNoEntry: false })?.isFile()) {
        this.mistakes.push({
          path: `${join(folder, name)}: services.${service.name}.build`,
          what: `there is no ${relative(this.#source.root, dockerfile)}`,
          allowed: "a Dockerfile in the context, or dockerfile: its name there",
        });
      }
    }
    return read.app;
  }

  #route(path: string, route: ReturnType<typeof written>, compose: ComposeApp): Route | undefined {
    const withPort = compose.services.filter((service) => service.port !== undefined);
    const service =
      route.process !== undefined
        ? compose.services.find(({ name }) => name === route.process)
        : withPort.length === 1
          ? withPort[0]
          : (compose.services.find(({ name }) => name === "web") ??
            (compose.services.length === 1 ? compose.services[0] : undefined));
    if (!service) {
      this.mistakes.push({
        path,
        what:
          route.process !== undefined
            ? `${show(route.process)} is no process of the app`
            : "leads to no process: several could be meant, none is named web",
        allowed: compose.services.map(({ name }) => name).join(", "),
        mend: `{ host: ${route.host},${route.path ? ` path: ${route.path},` : ""} process: NAME }`,
      });
      return undefined;
    }
    return this.#isReachable(path, service) ? { ...route, process: service.name } : undefined;
  }

  #isReachable(path: string, service: Service): boolean {
    if (service.schedule !== undefined) {
      this.mistakes.push({
        path,
        what: `leads to services.${service.name}, which has a schedule: nobody answers there between its runs`,
        mend: `lead it to another process, or remove schedule from services.${service.name}.x-slipway`,
      });
      return false;
    }
    if (service.port === undefined) {
      this.mistakes.push({
        path,
        what: `leads to services.${service.name}, which has no port`,
        mend: `add to services.${service.name}: expose: ["8000"]`,
      });
    }
    if (service.health === undefined) {
      this.mistakes.push({
        path,
        what: `leads to services.${service.name}, which has no health path`,
        mend: `add to services.${service.name}: x-slipway: { health: /healthz }`,
      });
    }
    return service.port !== undefined && service.health !== undefined;
  }
}

/** What is left of an app's section without its mistakes, so that what depends on the rest is checked in the same run. */
function usable(section: unknown, error: z.ZodError): unknown {
  const rest = withoutMistakes(section, error);
  // An app needs a route to be read at all; this one is never used, as a mistake has been found already.
  return typeof rest === "object" && rest !== null && !("routes" in rest)
    ? { ...rest, routes: ["localhost.invalid"] }
    : rest;
}

/** Long lists of regions and sizes are cut to the nearest one and a way to see them all. */
function helpful(mistake: Mistake, value: unknown): Mistake {
  const key = mistake.path.split(".").at(-1) ?? "";
  if (!mistake.allowed?.includes(", ") || !["provider", "region", "size"].includes(key)) return mistake;
  const options = mistake.allowed.split(", ");
  const given = String((value as Record<string, unknown>)[key] ?? "");
  const meant = given ? nearest(given, options) : undefined;
  return {
    ...mistake,
    allowed:
      options.length > 20 ? `${options.slice(0, 12).join(", ")}, … (${options.length} in all)` : options.join(", "),
    ...(meant ? { mend: `did you mean ${meant}?` } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
