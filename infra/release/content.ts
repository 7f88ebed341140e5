import type { Process, Route, Tls } from "../../agent/manifest";
import type { Content } from "./provenance";

/** Variables that the runtime hands every process; a value for them in a compose file is for the laptop. */
export const runtimeVariables = [
  "DATABASE_URL",
  "DB_HOST",
  "DB_PORT",
  "DB_NAME",
  "DB_USER",
  "DB_PASSWORD",
  "DATABASE_CA",
  "PORT",
  "PUBLIC_URL",
  "RELEASE",
  "SCRIPT_NAME",
] as const;

/** One process as the stack knows it, its image apart. */
export type ProcessPlan = Omit<Process, "image">;

/** What an app's release consists of, its images and secret values apart. */
export interface ReleasePlan {
  /** Its name on the host. */
  readonly app: string;
  /** The stack it belongs to, `PROJECT/STACK`. */
  readonly stack: string;
  readonly processes: Readonly<Record<string, ProcessPlan>>;
  readonly routes: Content["routes"];
  readonly tls: Tls;
  readonly release?: NonNullable<Content["release"]>;
  readonly env: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly limits: Content["limits"];
  readonly keep: number;
  readonly snapshot?: NonNullable<Content["snapshot"]>;
  readonly delivery?: NonNullable<Content["delivery"]>;
}

/** What is only known once other resources are there. */
export interface ReleaseInputs {
  /** Image of each process, by digest, or by tag where the host follows it. */
  readonly images: Readonly<Record<string, string>>;
  readonly registry: NonNullable<Content["registry"]>;
  /** Further variables of the processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names of variables whose values are secrets. */
  readonly secrets: readonly string[];
  /** What the host is told of the database. */
  readonly database: Pick<Content, "database" | "authorities" | "move">;
}

/** The whole content of a release. @throws Error if a process has no image */
export function releaseContent(plan: ReleasePlan, inputs: ReleaseInputs): Content {
  const image = (process: string): string => {
    const found = inputs.images[process];
    if (found === undefined) throw new Error(`process ${process} of ${plan.app} has no image`);
    return found;
  };
  return {
    version: 1,
    app: plan.app,
    stack: plan.stack,
    registry: inputs.registry,
    processes: Object.fromEntries(
      Object.entries(plan.processes).map(([name, process]) => [name, { ...process, image: image(name) }]),
    ),
    routes: plan.routes,
    tls: plan.tls,
    ...(plan.release ? { release: plan.release } : {}),
    environment: { ...plan.env, ...inputs.environment },
    secrets: [...inputs.secrets].sort(),
    volumes: [...plan.volumes],
    limits: plan.limits,
    keep: plan.keep,
    ...inputs.database,
    ...(plan.snapshot ? { snapshot: plan.snapshot } : {}),
    ...(plan.delivery ? { delivery: plan.delivery } : {}),
  };
}

/** The address of a route as a browser would open it. */
export function routeUrl({ host, path = "" }: Pick<Route, "host" | "path">, tls: Tls): string {
  return `${tls.mode === "off" ? "http" : "https"}://${host}${path}`;
}
