/** What may stand in a stack's file under `slipway:`, key by key, before it is brought together in `Settings`. */
import { z } from "zod";
import { Name } from "../../agent/manifest";
import { AppDatabase } from "./database";
import { Resources } from "./resources";
import { RouteSetting } from "./routes";

/** Name of an environment variable. */
export const VariableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and _, not starting with a digit");

/** Teammates who may log in as `deploy`: a name and an OpenSSH public key each. */
export const Team = z.record(
  z.string(),
  z
    .string()
    .regex(
      /^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|sk-\S+) [A-Za-z0-9+/]+=*( .*)?$/,
      "an OpenSSH public key, e.g. ssh-ed25519 AAAA… alice",
    ),
);

/** @see Database */
export { Database } from "./database";
/** @see Notify */
export { Notify } from "./notify";
/** @see Registry */
export { Registry } from "./registry";

export { Tls } from "./tls";

/** Apps that CI may release with a key of its own. @default none: there is no such key */
export const Ci = z.strictObject({ apps: z.array(Name).default([]) });

const Seconds = z.number().positive().max(3600);
const SecondsOrNone = z.number().nonnegative().max(3600);

/** One app: a folder with a compose file, and what differs by environment. */
export const App = z.strictObject({
  /** Folder of the compose file, from the project's root or absolute. */
  folder: z.string().min(1),
  routes: z.array(RouteSetting).min(1, "at least one route"),
  /** Profiles of the compose file whose services are deployed with those outside every profile. */
  profiles: z.array(z.string().min(1)).default([]),
  build: z
    .strictObject({
      args: z.record(VariableName, z.string()).default({}),
      platform: z.string().default("linux/amd64"),
      network: z.string().optional(),
    })
    .prefault({}),
  env: z.record(VariableName, z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  /** `generate`: made by the stack. `config`: from the stack's secret `slipway:APP.NAME`. */
  secrets: z.record(VariableName, z.enum(["generate", "config"])).default({}),
  /** @see AppDatabase */
  database: AppDatabase.optional(),
  /** Processes by name. @default 1 each */
  replicas: z.record(Name, z.number().int().min(1).max(16)).default({}),
  /** What each process may take of its machine; `*` stands for every one. @default what the compose file says */
  resources: Resources.default({}),
  /** What a service may ask of its machine beyond what any may: keys of the compose file, or `KEY=VALUE` for that value alone. */
  grants: z.record(z.string(), z.array(z.string().min(1)).min(1)).default({}),
  /** In seconds; see the manifest's limits. */
  limits: z
    .strictObject({
      health: Seconds.default(60),
      release: Seconds.default(600),
      drain: Seconds.default(30),
      settle: SecondsOrNone.default(0),
      watch: SecondsOrNone.default(5),
      lock: SecondsOrNone.default(10),
      wait: SecondsOrNone.default(900),
    })
    .prefault({}),
  /**
   * The host itself asks the registry, every so many seconds, what the tags of the app's images stand for, and releases what is new. Then
   * the stack builds nothing: every service of the compose file names its image.
   */
  delivery: z.strictObject({ every: z.number().int().min(10).max(86_400).default(60) }).optional(),
  /** Releases whose images and files stay on the host. */
  keep: z.number().int().min(2).max(50).default(5),
  /** Dumps of the database before each release command: how many stay, and megabytes of database above which none is made. */
  snapshot: z
    .union([
      z.literal(false),
      z.strictObject({ keep: z.number().int().min(1).max(100).default(5), limit: z.number().positive().default(2000) }),
    ])
    .prefault({}),
});
