/** The settings `slipway:database` and `apps.APP.database`: what may stand there, and what they come to for an app. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { connectionEnvironment } from "../../agent/connection-url";
import { type DatabaseChoice, type DatabasePlan, databaseParts, placeOf } from "../../infra/database/choice";
import { type ManagedCloud, managedClouds, mistakeInSize } from "../../infra/database/sizes";
import { runtimeVariables } from "../../infra/release/content";
import { fromZod, type Mistake, show } from "./mistakes";

/** Majors that the machine's own Postgres programs (Debian 13's) can dump. */
const versions = ["14", "15", "16", "17"] as const;

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;

const Image = z.string().regex(/^[^\s@:][^\s@]*(@sha256:[0-9a-f]{64})?$/, "an image of Postgres, e.g. postgres:17");

const clusterKeys = {
  size: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "a size of the provider's, e.g. db-s-1vcpu-1gb or g6-nanode-1"),
  version: z.enum(versions).default("17"),
  region: z.string().min(1).optional(),
  standby: z.number().int().min(0).max(2).default(0),
  maintenance: z.strictObject({ day: z.enum(days), hour: z.number().int().min(0).max(23) }).optional(),
};

const places = [
  z.strictObject({ mode: z.literal("host"), connections: z.number().int().min(1).max(10_000).optional() }),
  z.strictObject({ mode: z.literal("managed"), ...clusterKeys }),
  z.strictObject({ mode: z.literal("container"), image: Image.optional() }),
  z.strictObject({ mode: z.literal("external"), ca: z.string().min(1).optional() }),
] as const;
const Place = z.discriminatedUnion("mode", [...places]);
type Place = z.output<typeof Place>;

const From = z.union([z.literal("none"), Place], { error: "none, or { mode, … } as it stood here before" });
const Variables = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "letters, digits and _, not starting with a digit"),
  z.enum(databaseParts),
);
const shared = { from: z.unknown().optional(), variables: Variables.default({}) };

/** Where the databases of a stack's apps are. @default the machine's own Postgres */
export const Database = z.discriminatedUnion("mode", [
  places[0].extend(shared),
  places[1].extend(shared),
  places[2].extend(shared),
  places[3].extend(shared),
]);
/** @see Database */
export type Database = z.output<typeof Database>;

/** Where one app's database is, if not where those of the others are; keys that are left out are the stack's where the mode is. */
export const AppDatabase = z.record(z.string(), z.unknown());

/** What is known when an app's database is settled. */
export interface DatabaseContext {
  readonly app: string;
  readonly stack: string;
  /** Project's root, where paths start from. */
  readonly root: string;
  /** Who the app's machine is from; unknown where that is wrong itself. */
  readonly provider: string | undefined;
  /** What stands at `slipway:database`. */
  readonly common: Database;
  /** What stands at the app's own `database`. */
  readonly own: Readonly<Record<string, unknown>> | undefined;
  /** Image of the service of the app's compose file that is a database on the laptop. */
  readonly image: string | undefined;
  /** Variables that the app gets otherwise. */
  readonly taken: readonly string[];
  /** Reads a secret of the stack's; notes its absence as a mistake. */
  secret(key: string, why: string): string | undefined;
}

/** Settles where an app's database is; either that or everything that is wrong with what was asked for. */
export function readDatabase(context: DatabaseContext): { plan?: DatabasePlan; mistakes: Mistake[] } {
  const reader = new DatabaseReader(context);
  const plan = reader.read();
  return reader.mistakes.length > 0 || !plan ? { mistakes: reader.mistakes } : { plan, mistakes: [] };
}

class DatabaseReader {
  readonly mistakes: Mistake[] = [];
  readonly #context: DatabaseContext;

  constructor(context: DatabaseContext) {
    this.#context = context;
  }

  read(): DatabasePlan | undefined {
    const { common, own, taken } = this.#context;
    const section = this.#merged();
    const parsed = Database.safeParse(section);
    if (!parsed.success) {
      this.mistakes.push(...fromZod(this.#path, section, parsed.error));
      return undefined;
    }
    const variables = { ...common.variables, ...parsed.data.variables };
    for (const name of Object.keys(variables)) {
      const owner = taken.includes(name) ? "the app has a value for it under env or secrets" : undefined;
      const runtime = (runtimeVariables as readonly string[]).includes(name)
        ? "every process gets it anyway"
        : undefined;
      if (owner ?? runtime)
        this.mistakes.push({
          path: `${this.#path}.variables.${name}`,
          what: `${owner ?? runtime}`,
          mend: "remove one of them",
        });
    }
    const isOwn = own !== undefined && Object.keys(own).some((key) => key in clusterKeys);
    const at = this.#choice(parsed.data, isOwn, this.#path);
    const from = this.#from(parsed.data.from, own?.from !== undefined);
    if (at && from && from !== "none" && placeOf(from) === placeOf(at)) {
      const whose = own?.from === undefined ? "slipway:database" : this.#path;
      this.mistakes.push({ path: `${whose}.from`, what: "is where the database is to be anyway", mend: "remove from" });
    }
    return at && { at, ...(from && { from }), variables };
  }

  /** What stands at the app's own section, with the stack's values where the mode is the same. */
  #merged(): Record<string, unknown> {
    const { common, own = {} } = this.#context;
    if (own.mode === undefined || own.mode === common.mode) return { ...common, ...own };
    const cluster = own.mode === "managed" && own.size === undefined ? this.#clusterOfStack() : undefined;
    return { ...cluster, ...own };
  }

  /** The stack's cluster may be where its apps come from. */
  #clusterOfStack(): Place | undefined {
    const { common } = this.#context;
    if (common.mode === "managed") return placeIn(common);
    const from = From.safeParse(common.from);
    return from.success && from.data !== "none" && from.data.mode === "managed" ? from.data : undefined;
  }

  #from(given: unknown, isOwn: boolean): DatabasePlan["from"] {
    if (given === undefined) return undefined;
    const path = isOwn ? `${this.#path}.from` : "slipway:database.from";
    const bare = isManaged(given) && !("size" in given) ? this.#clusterOfStack() : undefined;
    const section = bare ?? given;
    const parsed = section === "none" ? { success: true as const, data: "none" as const } : Place.safeParse(section);
    if (!parsed.success) {
      this.mistakes.push(...fromZod(path, section, parsed.error));
      return undefined;
    }
    if (parsed.data === "none") return "none";
    return this.#choice(parsed.data, isOwn && bare === undefined, path);
  }

  #choice(place: Place, isOwn: boolean, path: string): DatabaseChoice | undefined {
    switch (place.mode) {
      case "host":
        return { mode: "host", ...(place.connections !== undefined && { connections: place.connections }) };
      case "managed": {
        const { size, version, region, standby, maintenance } = place;
        this.#checkCloud({ size, standby }, path);
        return {
          mode: "managed",
          owner: isOwn ? "app" : "stack",
          cluster: { size, version, region, standby, maintenance },
        };
      }
      case "container": {
        const image = place.image ?? this.#context.image;
        if (image !== undefined) return { mode: "container", image };
        this.mistakes.push({
          path: `${path}.image`,
          what: "missing, and no service named db, postgres or database in the app's compose file has one",
          mend: "image: postgres:17",
        });
        return undefined;
      }
      case "external":
        return this.#external(place, path);
      default: {
        const never: never = place;
        return never;
      }
    }
  }

  /** A wrong provider is a mistake of the machine's. */
  #checkCloud(asked: { readonly size: string; readonly standby: number }, path: string): void {
    const { provider } = this.#context;
    if (provider === undefined) return;
    if (!isManagedCloud(provider)) {
      this.mistakes.push({
        path: `${path}.mode`,
        what: `managed goes with a machine of the same cloud, and host.provider is ${provider}`,
        allowed: `host, container, external; managed with ${managedClouds.join(", ")}`,
      });
      return;
    }
    const wrong = mistakeInSize(provider, asked);
    if (!wrong) return;
    const { key, ...mistake } = wrong;
    this.mistakes.push({ path: `${path}.${key}`, ...mistake });
  }

  #external({ ca }: Extract<Place, { mode: "external" }>, path: string): DatabaseChoice | undefined {
    const { app, secret } = this.#context;
    const url = secret(`${app}.DATABASE_URL`, `${path} is external, and this is where it is`);
    const authority = ca === undefined ? undefined : this.#certificate(ca, `${path}.ca`);
    if (url === undefined) return undefined;
    const wrong = mistakeInUrl(url);
    if (wrong === undefined) return { mode: "external", url: url.trim(), authority };
    this.mistakes.push({
      path: `slipway:${app}.DATABASE_URL`,
      what: wrong,
      allowed:
        "postgres://USER:PASSWORD@HOST:PORT/NAME, with ?sslmode=… after it if you like; the value is not shown, since it holds a password",
      mend: `pulumi config set --stack ${this.#context.stack} --secret slipway:${app}.DATABASE_URL`,
    });
    return undefined;
  }

  #certificate(file: string, path: string): string | undefined {
    try {
      const text = readFileSync(resolve(this.#context.root, file), "utf8");
      if (/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.test(text)) return text;
      this.mistakes.push({
        path,
        what: `${show(file)} holds no certificate`,
        allowed: "a PEM file, from the project's root",
      });
    } catch {
      this.mistakes.push({ path, what: `${show(file)} can't be read`, allowed: "a PEM file, from the project's root" });
    }
    return undefined;
  }

  get #path(): string {
    return this.#context.own === undefined ? "slipway:database" : `slipway:apps.${this.#context.app}.database`;
  }
}

/** What is wrong with the URL of a database, if anything is; never quotes it. */
export function mistakeInUrl(url: string): string | undefined {
  try {
    const { PGHOST = "", PGDATABASE = "", PGUSER = "" } = connectionEnvironment(url);
    if (PGHOST === "") return "names no host";
    if (/^(localhost|127\.|::1)/.test(PGHOST))
      return "leads to localhost, which is each container itself, not what you mean";
    if (PGHOST.includes(",")) return "names several hosts: one is expected";
    if (PGDATABASE === "") return "names no database: it stands after the last slash";
    if (PGUSER === "") return "names no user";
    return undefined;
  } catch {
    return "is no URL of Postgres";
  }
}

function isManagedCloud(provider: string): provider is ManagedCloud {
  return (managedClouds as readonly string[]).includes(provider);
}

function isManaged(value: unknown): value is object {
  return typeof value === "object" && value !== null && (value as { mode?: unknown }).mode === "managed";
}

function placeIn({ from: _from, variables: _variables, ...place }: Database): Place {
  return place;
}
