/**
 * The manifest: what a stack asks of a host for one app. `infra/release` writes it, `slipway release` on the host
 * reads it from standard input. It is the one thing both sides share.
 */
import * as z from "zod";
import { dependenciesOf } from "./dependencies";
import { mountOf } from "./mount";
import { mistakeIn } from "./schedule";

/** A name usable as a DNS label, a Linux user, a Postgres role and a compose project: `a-z`, digits, inner hyphens. */
export const Name = z
  .string()
  .regex(/^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$/, "expected a-z, 0-9 and inner hyphens, at most 32");

/** An image by digest: `registry/repository@sha256:…`. A tag is never deployed. */
export const ImageDigest = z
  .string()
  .regex(/^[^\s@]+@sha256:[0-9a-f]{64}$/, "expected an image by digest, registry/repository@sha256:…");

/** An image by a tag that moves: `registry/repository:main`. Only for an app whose host follows it. */
export const ImageTag = z
  .string()
  .regex(/^[^\s@]+:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/, "expected an image with its tag, registry/repository:main");

/** Number of a release. No app comes near the limit, and what is beyond it in a file must not count for the next one. */
export const ReleaseNumber = z.number().int().positive().max(1e9);

/** Who asked for a release, from which commit, and when; `sequence` grows with time and orders releases of one app. */
export const Origin = z.strictObject({
  /** Milliseconds since 1970 at the moment the release was asked for. */
  sequence: z.number().int().nonnegative(),
  actor: z.string().min(1),
  commit: z.string().optional(),
  /** Address of the CI run. */
  run: z.string().optional(),
  /** Release whose images the app went back to, on purpose; the release command is not run, since the database is newer. */
  rollback: ReleaseNumber.optional(),
});
/** @see Origin */
export type Origin = z.infer<typeof Origin>;

/** Files of the image that the edge serves itself: the folder `from` in the image answers under the path `at`. */
export const Static = z.strictObject({
  from: z
    .string()
    .regex(/^(\/[^/\0]+)+$/, "expected an absolute folder of the image without a final slash, e.g. /app/static"),
  at: z.string().regex(/^(\/[A-Za-z0-9._~-]+)+\/$/, "expected a path with a slash at both ends, e.g. /static/"),
});

/** Uploads that the edge serves itself: what the app's named `volume` holds answers under the path `at`. */
export const Media = z.strictObject({
  volume: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, "expected a volume of the compose file"),
  at: Static.shape.at,
});

/** When a process runs that doesn't run all the time; see `schedule.ts`. */
export const Schedule = z.string().superRefine((text, context) => {
  const message = mistakeIn(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** One process of the app: a service of its compose file that stands outside every profile. */
export const Process = z.strictObject({
  /** A tag is allowed where the app has `delivery`: the host asks the registry for the digest it stands for. */
  image: z.union([ImageDigest, ImageTag]),
  /** On a host: the tag that `image` was the digest of when this release was made. */
  follow: ImageTag.optional(),
  /**
   * What the compose file says of the service, less `build`, `image`, `ports`, `expose`, `profiles`, `x-slipway`. Values
   * as they are written there: compose on the host interpolates `${NAME}` from the manifest's environment.
   */
  compose: z.record(z.string(), z.unknown()),
  /** What the stack lets it ask for beyond that: keys of `compose`, or `KEY=VALUE` for that value alone. */
  grants: z.array(z.string()).optional(),
  /** The container's port; where neither a route nor `health` says that it speaks HTTP, it may be any server's. */
  port: z.number().int().min(1).max(65535).optional(),
  /** Path asked for with the route's Host header; any 2xx or 3xx answer is healthy. */
  health: z.string().startsWith("/").optional(),
  replicas: z.number().int().min(1).max(16),
  static: Static.optional(),
  media: Media.optional(),
  /** Five fields of cron, UTC. The process runs then, once at a time, instead of all the time. */
  schedule: Schedule.optional(),
});
/** @see Process */
export type Process = z.infer<typeof Process>;

/** A path of a host name under which an app stands, e.g. `/shop`: no final slash, no dots alone, nothing that would be encoded. */
export const RoutePath = z
  .string()
  .max(200)
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]+)+$/,
    "expected a path without a final slash, e.g. /shop (A-Z a-z 0-9 . _ ~ -)",
  );

/** A host name, or one path of it, that the edge answers, and the process it leads to. */
export const Route = z.strictObject({
  host: z
    .string()
    .regex(
      /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
      "expected a host name in lower case, without scheme, port or path",
    ),
  /** The whole host where left out. */
  path: RoutePath.optional(),
  /** Whether the edge takes the path off what the process is asked for. */
  strip: z.boolean().optional(),
  /** Whether the edge puts the path before the paths of the cookies that the process sets. */
  cookiePath: z.boolean().optional(),
  process: Name,
});
/** @see Route */
export type Route = z.infer<typeof Route>;

/** Seconds for which browsers are told to come by HTTPS only (RFC 6797); a browser can't be told otherwise before they are over. */
export const Hsts = z.number().int().min(1).max(63_072_000, "expected at most two years, in seconds");

/** How the edge speaks to the world: certificates by ACME, by the edge's own CA, or plain HTTP. */
export const Tls = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("acme"),
    email: z.email().optional(),
    directory: z.url().optional(),
    /** PEM of what vouches for the directory's own HTTPS, where that is no public authority. */
    root: z
      .string()
      .regex(/-----BEGIN CERTIFICATE-----/, "expected certificates, PEM")
      .optional(),
    hsts: Hsts.optional(),
  }),
  z.strictObject({ mode: z.literal("internal"), hsts: Hsts.optional() }),
  z.strictObject({ mode: z.literal("off") }),
]);
/** @see Tls */
export type Tls = z.infer<typeof Tls>;

/** The manifest's keys, before the checks that need more than one of them. */
export const Fields = z.strictObject({
  version: z.literal(1),
  app: Name,
  /** The stack that the app belongs to, `PROJECT/STACK`: a host can be shared, and no stack touches another's apps. */
  stack: z.string().min(1).optional(),
  origin: Origin,
  /** Login for the pull, and only for it. */
  registry: z.strictObject({ server: z.string(), username: z.string(), password: z.string() }).optional(),
  processes: z.record(Name, Process),
  routes: z.array(Route),
  tls: Tls,
  /** Runs once, in the new image, before anything moves. */
  release: z.strictObject({ process: Name, command: z.array(z.string()).min(1) }).optional(),
  /** Everything the processes get as environment, secrets included; becomes a 0600 file on the host. */
  environment: z.record(
    z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/),
    z.string().refine((value) => !value.includes("\0"), "no environment can hold a NUL byte"),
  ),
  /** Names in `environment` whose values never appear in any output. */
  secrets: z.array(z.string()),
  /** Named volumes of the compose file's top level, without the app's prefix. */
  volumes: z.array(z.string()),
  /** The app's Postgres. */
  database: z
    .strictObject({
      /** Which variable of `environment` holds its URL. */
      url: z.string(),
      /** Which variables are the database's, that one among them: they stay what they are now when older images come back. */
      variables: z.array(z.string()).optional(),
      /** Network of the host's container engine that leads to it; none where the host itself leads there. */
      network: z.string().optional(),
    })
    .optional(),
  /** Certificates (PEM) of authorities, laid out for host and containers where `authorityPath` says. */
  authorities: z.array(z.string().includes("-----BEGIN CERTIFICATE-----")).optional(),
  /** Where the database is carried over from, if it isn't where it is to be yet. */
  move: z
    .strictObject({
      /** URL of the database that has the data. A secret. */
      url: z.string(),
      /** What people call it, e.g. `host`. */
      from: z.string(),
    })
    .optional(),
  /** A dump of the database before the release command; none where left out. */
  snapshot: z
    .strictObject({
      /** How many stay. */
      keep: z.number().int().min(1),
      /** Megabytes of database above which none is made. */
      limit: z.number().positive(),
    })
    .optional(),
  /** The host itself asks the registry, every so many seconds, what the tags of the app's images stand for. */
  delivery: z.strictObject({ every: z.number().int().min(10) }).optional(),
  /** Images the same stack asked for before: what it leaves as it was stays as others have changed it since. */
  before: z.record(Name, z.union([ImageDigest, ImageTag])).optional(),
  /** How many releases keep their images and files, the live one included. */
  keep: z.number().int().min(2).max(50).default(5),
  /** Limits of time, in seconds. */
  limits: z.strictObject({
    /** From a process's start to its first healthy answer. */
    health: z.number().positive(),
    /** The release command. */
    release: z.number().positive(),
    /** From SIGTERM to SIGKILL of an old process. */
    drain: z.number().nonnegative(),
    /** How long a new process must stay healthy before any traffic moves. */
    settle: z.number().nonnegative().default(0),
    /** How long the new release is watched after the switch; if it fails, the old one is led back in. */
    watch: z.number().nonnegative().default(5),
    /** How long the release command may wait for a lock in the database (`lock_timeout`); 0 for ever. */
    lock: z.number().nonnegative().default(10),
    /** How long to wait for another release of the same app. */
    wait: z.number().nonnegative().default(900),
  }),
});

/** Stacks that are a pull request's, `PROJECT/pr-NUMBER`. */
const PREVIEW = /\/pr-[1-9]\d*$/;

/** See the file's head. */
export const Manifest = Fields.superRefine((manifest, context) => {
  const mistake = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  const processes = Object.keys(manifest.processes);
  const known = `expected one of the processes: ${processes.join(", ")}`;
  if (processes.length === 0) mistake(["processes"], "expected at least one process");
  const taken = new Set<string>();
  for (const [index, route] of manifest.routes.entries()) {
    const process = manifest.processes[route.process];
    if (!process) mistake(["routes", index, "process"], known);
    else if (process.schedule !== undefined)
      mistake(["routes", index, "process"], `${route.process} has a schedule: nobody answers there between its runs`);
    else if (process.port === undefined)
      mistake(["processes", route.process, "port"], `${route.host} leads here: expected a port`);
    const place = `${route.host}${route.path ?? ""}`;
    if (taken.has(place)) mistake(["routes", index, "host"], `${place} stands twice`);
    taken.add(place);
    const why = mistakeOfMount(route, manifest);
    if (why !== undefined) mistake(["routes", index, "path"], why);
  }
  for (const [name, process] of Object.entries(manifest.processes)) {
    if (process.schedule !== undefined) {
      for (const key of ["port", "health", "static", "media"] as const)
        if (process[key] !== undefined) mistake(["processes", name, key], "a process with a schedule has none");
      if (process.replicas > 1)
        mistake(["processes", name, "replicas"], "a process with a schedule runs once at a time");
    }
    if (process.media && !manifest.volumes.includes(process.media.volume))
      mistake(
        ["processes", name, "media", "volume"],
        `expected one of the volumes: ${manifest.volumes.join(", ") || "there is none"}`,
      );
    if (process.media && process.static && overlap(process.media.at, process.static.at))
      mistake(
        ["processes", name, "media", "at"],
        `${process.media.at} and static's ${process.static.at} are in each other's way`,
      );
    for (const other of Object.keys(dependenciesOf(process, manifest)))
      if (manifest.processes[other]?.schedule !== undefined)
        mistake(
          ["processes", name, "compose", "depends_on"],
          `${other} has a schedule: nothing can wait for what runs at its times only`,
        );
  }
  for (const [name, { grants }] of Object.entries(manifest.processes))
    if (grants && PREVIEW.test(manifest.stack ?? ""))
      mistake(["processes", name, "grants"], "the preview of a pull request gets no grants");
  for (const [name, { image }] of Object.entries(manifest.processes)) {
    if (!manifest.delivery && !ImageDigest.safeParse(image).success)
      mistake(["processes", name, "image"], "expected an image by digest; a tag is for an app with delivery");
  }
  if (manifest.database && !(manifest.database.url in manifest.environment))
    mistake(["database", "url"], "expected the name of a variable in environment");
  if (manifest.release && !manifest.processes[manifest.release.process]) mistake(["release", "process"], known);
});
/** @see Manifest */
export type Manifest = z.infer<typeof Manifest>;

/** Whether one of two paths with a slash at both ends lies in the other. */
export function overlap(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** What keeps a route from standing where it stands, if anything does. */
export function mistakeOfMount(
  route: Route,
  { routes, processes }: { routes: readonly Route[]; processes: Readonly<Record<string, Partial<Process>>> },
): string | undefined {
  if (route.path === undefined && (route.strip || route.cookiePath))
    return "strip and cookiePath go with a path: there is none here";
  const { path, base, seen } = mountOf(route, routes);
  const first = routes.find(({ process }) => process === route.process);
  const other = first && mountOf(first, routes);
  if (other && (other.base !== base || other.seen !== seen))
    return (
      `leads to ${route.process} under ${base || "/"}, and ${first.host}${first.path ?? ""} under ${other.base || "/"}: ` +
      "a process stands under one path, kept or stripped alike"
    );
  const files = processes[route.process];
  const outside = (["static", "media"] as const).find((kind) => {
    const at = files?.[kind]?.at;
    return at !== undefined && !`${base}${at}`.startsWith(`${path}/`);
  });
  return (
    outside &&
    `the ${outside} files of ${route.process} stand at ${base}${files?.[outside]?.at}, which is not below ${path}`
  );
}

/** The command that this release runs before anything moves; none where the app went back to older images, which know nothing of the newer schema. */
export function releaseCommandOf({ release, origin }: Pick<Manifest, "release" | "origin">): Manifest["release"] {
  return origin.rollback === undefined ? release : undefined;
}
