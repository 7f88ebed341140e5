/** Reading a team's own compose file: which services are processes of the app, and what a host needs to run them. */
import { isAbsolute, normalize } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { ImageDigest, ImageTag, Media, Name, overlap, Static } from "../../agent/manifest";
import { mistakeIn, SCHEDULES } from "../../agent/schedule";
import { runtimeVariables } from "../../infra/release/content";
import { checkKeys, fileMistakes, type Grants } from "./composeKeys";
import { Interpolation, type Variables } from "./interpolation";
import { fromZod, type Mistake, show, withoutMistakes } from "./mistakes";

/** File names Docker Compose itself looks for, in its order. */
export const composeFileNames = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"] as const;

/** How an image is built, paths as the compose file has them, `context` relative to its folder. */
export interface Build {
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  readonly args: Readonly<Record<string, string>>;
}

/** A service that is deployed: one outside every profile, or in one that the stack names. */
export interface Service {
  readonly name: string;
  readonly source: { readonly build: Build } | { readonly image: string };
  readonly port?: number;
  readonly health?: string;
  readonly release?: readonly string[];
  readonly static?: z.infer<typeof Static>;
  readonly media?: z.infer<typeof Media>;
  /** Five fields of cron, UTC: it runs then instead of all the time, and has no port, health or static files. */
  readonly schedule?: string;
  /** What the host's own Docker Compose is to interpret, `${NAME}` included: it has the same values to fill in. */
  readonly compose: Readonly<Record<string, unknown>>;
}

/** The part of a compose file that is deployed. */
export interface ComposeApp {
  readonly services: readonly Service[];
  /** Named volumes of the top level. */
  readonly volumes: readonly string[];
  /** Image of the service that is the laptop's database, in whatever profile; none where no service is named so. */
  readonly databaseImage?: string;
}

/** Names of services that people give their database. */
const databaseServices = ["db", "postgres", "database"] as const;

/** What is known of the app when its compose file is read. */
export interface ComposeContext {
  /** Shown before every path in a mistake, e.g. `examples/notes/compose.yaml`. */
  readonly file: string;
  /** Plain values of the stack; they stand in for `${NAME}`. */
  readonly env: Readonly<Record<string, string>>;
  /** Names that the processes get from the stack as secrets. */
  readonly secrets: readonly string[];
  /** Names that the processes get for their database besides the usual ones. */
  readonly database: readonly string[];
  /** Whether the app's host follows tags: then images are named, and what builds them is CI. */
  readonly follows: boolean;
  /** Profiles whose services are deployed with those outside every profile. */
  readonly profiles: readonly string[];
  readonly grants: Grants;
  /** Whether the stack is a pull request's. */
  readonly preview: boolean;
}

/** Keys of a service that are meaningful on a laptop only, or that Slipway decides itself. */
const notDeployed = new Set([
  "build",
  "image",
  "ports",
  "expose",
  "profiles",
  "networks",
  "container_name",
  "pull_policy",
  "x-slipway",
  "environment",
  "env_file",
  "develop",
]);

const XSlipway = z.strictObject({
  health: z.string().startsWith("/", "a path such as /healthz").optional(),
  release: z.array(z.string()).min(1).optional(),
  static: Static.optional(),
  media: Media.optional(),
  schedule: z.string().optional(),
});

const Environment = z.union([
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  z.array(z.string()),
]);

const BuildSection = z.union([
  z.string(),
  z.looseObject({
    context: z.string().default("."),
    dockerfile: z.string().default("Dockerfile"),
    target: z.string().optional(),
    args: Environment.optional(),
  }),
]);

const ServiceSection = z.looseObject({
  image: z.string().optional(),
  build: BuildSection.optional(),
  profiles: z.array(z.string()).optional(),
  ports: z
    .array(z.union([z.string(), z.number(), z.looseObject({ target: z.union([z.string(), z.number()]) })]))
    .optional(),
  expose: z.array(z.union([z.string(), z.number()])).optional(),
  environment: Environment.optional(),
  env_file: z.unknown().optional(),
  volumes: z
    .array(z.union([z.string(), z.looseObject({ type: z.string(), source: z.string().optional() })]))
    .optional(),
  deploy: z
    .looseObject({
      resources: z.looseObject({}).optional(),
      update_config: z.looseObject({ order: z.enum(["start-first", "stop-first"]).optional() }).optional(),
    })
    .optional(),
  "x-slipway": XSlipway.optional(),
});
type ServiceSection = z.infer<typeof ServiceSection>;

const File = z.looseObject({
  services: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()).optional(),
});

const providedByRuntime: ReadonlySet<string> = new Set(runtimeVariables);

/** The database's variables and the runtime's own are set on the host, each process's port aside. */
function variablesOf({ env, secrets, database }: ComposeContext): Variables {
  return { env, secrets, unknown: [...database, ...runtimeVariables] };
}

/** Names that hold a secret wherever they stand; a plain value there is refused. */
export function isSecretName(name: string): boolean {
  return /(SECRET|SECRET_KEY|PASSWORD|PASSWD|TOKEN|PRIVATE_KEY|API_KEY|ACCESS_KEY)$/i.test(name);
}

/** Reads the text of a compose file; either the deployed part of it or everything that is wrong with it. */
export function readCompose(text: string, context: ComposeContext): { app?: ComposeApp; mistakes: Mistake[] } {
  const document = parseDocument(text, { merge: true });
  if (document.errors.length > 0) {
    return {
      mistakes: document.errors.map((error) => ({
        path: context.file,
        what: `is not YAML: ${error.message.split("\n")[0]?.replace(/:$/, "")}`,
        mend: "docker compose config names the same line",
      })),
    };
  }
  const raw: unknown = document.toJS();
  const file = File.safeParse(raw);
  if (!file.success) return { mistakes: fromZod(`${context.file}: `, raw, file.error) };

  const sections = Object.entries(file.data.services);
  const volumes = Object.keys(file.data.volumes ?? {});
  const results = sections.map(([name, section]) => readService(name, section, volumes, context));
  const services = results.flatMap(({ service }) => (service ? [service] : []));
  const mistakes = results.flatMap((result) => result.mistakes);
  const unfilled: Mistake[] = [];
  const variables = new Interpolation(`${context.file}: volumes`, variablesOf(context), unfilled);
  mistakes.push(...fileMistakes(file.data, context.file, variables), ...unfilled);
  if (services.length === 0 && mistakes.length === 0) {
    mistakes.push({
      path: `${context.file}: services`,
      what: "no service is outside every profile",
      mend: "remove profiles from the app's own service, or name them under profiles of the app in the stack's file",
    });
  }
  mistakes.push(...checkProfiles(sections, context));
  if (context.follows && mistakes.length === 0 && services.every(({ source }) => !isTag(source))) {
    mistakes.push({
      path: `${context.file}: services`,
      what: "no service names an image by tag, so the host has nothing to follow",
      mend: "image: REGISTRY/NAME:main, or take delivery out of the stack's file",
    });
  }
  mistakes.push(...checkDependencies(services, context), ...checkMedia(services, volumes, context));
  const releases = services.filter((service) => service.release);
  for (const extra of releases.slice(1)) {
    mistakes.push({
      path: `${context.file}: services.${extra.name}.x-slipway.release`,
      what: `services.${releases[0]?.name} has a release command too`,
      allowed: "one release command in a compose file",
    });
  }
  const databaseImage = databaseImageIn(file.data.services);
  return mistakes.length > 0
    ? { mistakes }
    : {
        app: {
          services,
          volumes,
          ...(databaseImage === undefined ? {} : { databaseImage }),
        },
        mistakes,
      };
}

/** A profile that is asked for is one that a service is in. */
function checkProfiles(sections: readonly (readonly [string, unknown])[], context: ComposeContext): Mistake[] {
  const known = [...new Set(sections.flatMap(([, section]) => profilesOf(section)))];
  return context.profiles
    .filter((profile) => !known.includes(profile))
    .map((profile) => ({
      path: `${context.file}: services`,
      what: `no service is in profile ${show(profile)}, which the app's profiles in the stack's file name`,
      allowed: known.join(", ") || "none: the file has no profiles",
    }));
}

function profilesOf(section: unknown): readonly string[] {
  const { profiles } = (section ?? {}) as { readonly profiles?: unknown };
  return Array.isArray(profiles) ? profiles.map(String) : [];
}

/** Whether every file of a service's environment may be missing: then it is the laptop's own, and a host has none. */
function isLaptops(files: unknown): boolean {
  return (
    Array.isArray(files) && files.every((file) => typeof file === "object" && file !== null && file.required === false)
  );
}

/** What it interpolates is the laptop's, so one that does is none. */
function databaseImageIn(services: Readonly<Record<string, unknown>>): string | undefined {
  for (const name of databaseServices) {
    const image = (services[name] as { image?: unknown } | null | undefined)?.image;
    if (typeof image === "string" && !image.includes("$")) return image;
  }
  return undefined;
}

function isTag(source: Service["source"]): boolean {
  return "image" in source && ImageTag.safeParse(source.image).success;
}

function readService(
  name: string,
  section: unknown,
  volumes: readonly string[],
  context: ComposeContext,
): { service?: Service; mistakes: Mistake[] } {
  const path = `${context.file}: services.${name}`;
  const strict = ServiceSection.safeParse(section ?? {});
  const mistakes: Mistake[] = strict.success ? [] : fromZod(path, section, strict.error);
  const parsed = strict.success ? strict : ServiceSection.safeParse(withoutMistakes(section, strict.error));
  if (!parsed.success) return { mistakes };
  const data = parsed.data;
  const profiles = data.profiles ?? [];
  if (profiles.length > 0 && !profiles.some((profile) => context.profiles.includes(profile))) return { mistakes: [] };

  if (!Name.safeParse(name).success) {
    mistakes.push({
      path,
      what: `${show(name)} cannot name a process`,
      allowed: "a-z, 0-9 and inner hyphens, at most 32",
    });
  }
  const variables = new Interpolation(path, variablesOf(context), mistakes);
  const x = data["x-slipway"] ?? {};
  const source = readSource(path, data, context, variables, mistakes);
  const port = readPort(path, data, variables, mistakes);
  const { env_file: files, ...others } = data;
  const { grants, preview } = context;
  checkKeys(
    isLaptops(files) ? others : data,
    { path, name, grants, preview, volumes, port: port !== undefined, variables },
    mistakes,
  );
  checkSchedule(path, x, mistakes);
  const environment = readEnvironment(path, data.environment, context, variables, mistakes);
  const rest = Object.fromEntries(Object.entries(data).filter(([key]) => !notDeployed.has(key)));
  if (mistakes.length > 0 || !source) return { mistakes };
  return {
    mistakes,
    service: {
      name,
      source,
      // An image's usual port means nothing where nobody is led to it.
      ...(port === undefined || x.schedule !== undefined ? {} : { port }),
      ...(x.health === undefined ? {} : { health: x.health }),
      ...(x.release === undefined ? {} : { release: x.release }),
      ...(x.static === undefined ? {} : { static: x.static }),
      ...(x.media === undefined ? {} : { media: x.media }),
      ...(x.schedule === undefined ? {} : { schedule: x.schedule }),
      compose: Object.keys(environment).length > 0 ? { ...rest, environment } : rest,
    },
  };
}

function readSource(
  path: string,
  data: ServiceSection,
  context: ComposeContext,
  variables: Interpolation,
  mistakes: Mistake[],
): Service["source"] | undefined {
  if (context.follows) return readFollowed(path, data, variables, mistakes);
  if (data.build !== undefined) return { build: readBuild(path, data.build, variables, mistakes) };
  if (data.image === undefined) {
    mistakes.push({ path, what: "has neither build nor image", mend: "add build: ." });
    return undefined;
  }
  const image = variables.in(data.image, ["image"]);
  if (!ImageDigest.safeParse(image).success) {
    mistakes.push({
      path: `${path}.image`,
      what: `${show(image)} is a tag, which can change under a running release`,
      allowed:
        "an image by digest, name@sha256:…; a service in a profile, which is not deployed; or an app with delivery, whose host follows tags",
      mend: `docker buildx imagetools inspect ${image} prints the digest`,
    });
  }
  return { image };
}

/** The image of an app whose host follows tags. A `build` beside it is for CI: were it the stack's too, each would undo the other's. */
function readFollowed(
  path: string,
  data: ServiceSection,
  variables: Interpolation,
  mistakes: Mistake[],
): Service["source"] | undefined {
  if (data.image === undefined) {
    mistakes.push({
      path,
      what: "has no image, and with delivery the stack builds none: CI pushes it, the host follows its tag",
      mend: "add image: REGISTRY/NAME:main; a build beside it stays for docker compose build --push",
    });
    return undefined;
  }
  const image = variables.in(data.image, ["image"]);
  if (!ImageDigest.safeParse(image).success && !ImageTag.safeParse(image).success) {
    mistakes.push({
      path: `${path}.image`,
      what: `${show(image)} has no tag to follow`,
      allowed: "an image by tag, registry/name:main, or by digest, registry/name@sha256:…",
    });
  }
  return { image };
}

function readBuild(
  path: string,
  given: NonNullable<ServiceSection["build"]>,
  variables: Interpolation,
  mistakes: Mistake[],
): Build {
  const section = typeof given === "string" ? { context: given, dockerfile: "Dockerfile" } : given;
  const args = "args" in section ? pairs(section.args) : {};
  const context = variables.in(section.context, ["build", "context"]);
  if (isAbsolute(context) || normalize(context).startsWith("..") || /^[a-z]+:\/\//.test(context)) {
    mistakes.push({
      path: `${path}.build.context`,
      what: `${show(context)} is outside the app's folder`,
      allowed: "a folder at or below the compose file",
    });
  }
  return {
    context,
    dockerfile: variables.in(section.dockerfile, ["build", "dockerfile"]),
    ...("target" in section && section.target !== undefined
      ? { target: variables.in(section.target, ["build", "target"]) }
      : {}),
    // An argument without a value takes the laptop's environment; a stack gives it under build.args.
    args: Object.fromEntries(
      Object.entries(args).flatMap(([key, value]) =>
        value === null ? [] : [[key, variables.in(value, ["build", "args", key])]],
      ),
    ),
  };
}

function readPort(
  path: string,
  data: ServiceSection,
  variables: Interpolation,
  mistakes: Mistake[],
): number | undefined {
  // Of `ports`, the container's side; a default may hold a colon, too, so it is filled in first.
  const containerPorts = [
    ...(data.expose ?? []).map((port) => variables.in(String(port), ["expose"])),
    ...(data.ports ?? []).map((port) => variables.in(String(typeof port === "object" ? port.target : port), ["ports"])),
  ].map((text) =>
    text
      .split(":")
      .at(-1)
      ?.replace(/\/tcp$/, ""),
  );
  const first = containerPorts[0];
  if (first === undefined) return undefined;
  const port = Number(first);
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    mistakes.push({
      path: `${path}.expose`,
      what: `${show(first)} is not a port`,
      allowed: "1 to 65535; the first one listed is the one the edge speaks to",
    });
    return undefined;
  }
  return port;
}

function checkSchedule(path: string, x: z.infer<typeof XSlipway>, mistakes: Mistake[]): void {
  if (x.schedule === undefined) return;
  const why = mistakeIn(x.schedule);
  if (why !== undefined) {
    mistakes.push({
      path: `${path}.x-slipway.schedule`,
      what: `${show(x.schedule)} is no schedule: ${why}`,
      allowed: SCHEDULES,
    });
  }
  for (const key of ["health", "static", "media"] as const) {
    if (x[key] === undefined) continue;
    mistakes.push({
      path: `${path}.x-slipway.${key}`,
      what: "does not go with a schedule: nobody is led to what runs at its times only",
      mend: `remove ${key}, or schedule`,
    });
  }
}

/** Nothing can wait for a service with a schedule: it would wait until that one's time comes. */
function checkDependencies(services: readonly Service[], context: ComposeContext): Mistake[] {
  const scheduled = services.filter(({ schedule }) => schedule !== undefined);
  return services.flatMap(({ name, compose: { depends_on: dependencies = [] } }) => {
    const names = Array.isArray(dependencies) ? dependencies : Object.keys(dependencies ?? {});
    return scheduled
      .filter((other) => names.includes(other.name))
      .map((other) => ({
        path: `${context.file}: services.${name}.depends_on`,
        what: `waits for ${other.name}, which runs at the times of its schedule only`,
        mend: `remove ${other.name} there`,
      }));
  });
}

/** What the edge serves of uploads must be a volume of the app, at a path of its own. */
function checkMedia(services: readonly Service[], volumes: readonly string[], context: ComposeContext): Mistake[] {
  return services.flatMap(({ name, media, static: files }) => {
    const path = `${context.file}: services.${name}.x-slipway.media`;
    const mistakes: Mistake[] = [];
    if (media && !volumes.includes(media.volume)) {
      mistakes.push({
        path: `${path}.volume`,
        what: `${show(media.volume)} is no volume of the file`,
        allowed: volumes.join(", ") || "none is there yet",
        mend: `add at the top level: volumes: { ${media.volume}: {} }, and mount it in the service: ${media.volume}:/app/media`,
      });
    }
    if (media && files && overlap(media.at, files.at)) {
      mistakes.push({
        path: `${path}.at`,
        what: `${show(media.at)} and ${show(files.at)} of static are in each other's way`,
        mend: "give them paths beside each other, e.g. /static/ and /media/",
      });
    }
    return mistakes;
  });
}

function readEnvironment(
  path: string,
  environment: z.infer<typeof Environment> | undefined,
  context: ComposeContext,
  variables: Interpolation,
  mistakes: Mistake[],
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(pairs(environment))) {
    // The stack's own value wins over the laptop's default.
    const isProvided = providedByRuntime.has(name) || context.database.includes(name);
    if (name in context.env || context.secrets.includes(name) || isProvided) continue;
    if (value === null) {
      mistakes.push({
        path: `${path}.environment.${name}`,
        what: "has no value",
        mend: `give ${name} a value under env or secrets of the app in the stack's file`,
      });
    } else if (isSecretName(name) && value !== "") {
      mistakes.push({
        path: `${path}.environment.${name}`,
        what: "a secret stands here in clear",
        mend: `list ${name} under secrets of the app in the stack's file; its value there wins`,
      });
    } else {
      variables.in(value, ["environment", name]);
      kept[name] = value;
    }
  }
  return kept;
}

function pairs(environment: z.infer<typeof Environment> | undefined): Record<string, string | null> {
  if (Array.isArray(environment)) {
    return Object.fromEntries(
      environment.map((entry) => {
        const split = entry.indexOf("=");
        return split < 0 ? [entry, null] : [entry.slice(0, split), entry.slice(split + 1)];
      }),
    );
  }
  return Object.fromEntries(
    Object.entries(environment ?? {}).map(([name, value]) => [name, value === null ? null : String(value)]),
  );
}
