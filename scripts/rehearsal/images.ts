/** What an app's images need of the outside world, and what stands for it where it can't be had. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { basesOf, kindOf } from "./bases";
import type { StackDocument } from "./derive";

/** What is to be given to the builds, and what can't be rehearsed here. */
export interface ImagePlan {
  /** Build arguments by app. */
  readonly buildArguments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Each with what to do about it. */
  readonly shortfalls: readonly string[];
}

/** What is asked about images. */
export interface ImageSource {
  /** Whether a build on this computer can start from an image. */
  isBuildable(image: string): Promise<boolean>;
  /** Whether a machine can pull an image. */
  isPullable(image: string): Promise<boolean>;
  /** An image of the sandbox's that stands for all of one kind, e.g. of `python`. */
  standIn(kind: string): Promise<string | undefined>;
}

/** Longest wait for a registry's answer, in ms. */
const PATIENCE = 20_000;

/** The engine of this computer and the registries it can reach. */
export const engine: ImageSource = {
  async isBuildable(image) {
    const local = await execa("docker", ["image", "inspect", image], { reject: false });
    return local.exitCode === 0 || this.isPullable(image);
  },
  async isPullable(image) {
    const asked = await execa("docker", ["manifest", "inspect", image], { reject: false, timeout: PATIENCE });
    return asked.exitCode === 0;
  },
  async standIn(kind) {
    const format = ["--format", "{{.Repository}}:{{.Tag}}"];
    const { stdout } = await execa("docker", ["image", "ls", ...format, `slipway-sandbox/${kind}`], { reject: false });
    // Recipes are tagged with their hash too; a version is short.
    return String(stdout)
      .split("\n")
      .find((name) => /:\d{1,3}(\.\d{1,3})*$/.test(name));
  },
};

/** Looks through the compose files and Dockerfiles of a stack's apps. @param root folder that relative paths start from */
export async function planImages(document: StackDocument, root: string, source: ImageSource): Promise<ImagePlan> {
  const buildArguments: Record<string, Record<string, string>> = {};
  const shortfalls: string[] = [];
  for (const [app, section] of Object.entries((document.config?.["slipway:apps"] ?? {}) as Record<string, App>)) {
    const folder = resolve(root, section?.folder ?? "");
    for (const { name, service } of processesIn(folder, section?.profiles)) {
      if (service.build === undefined) {
        if (service.image === undefined || (await source.isPullable(service.image))) continue;
        shortfalls.push(
          `app ${app}: ${service.image} of services.${name} can't be pulled from here; a rehearsal needs an image that is built here or can be pulled without a login`,
        );
        continue;
      }
      const build = typeof service.build === "string" ? { context: service.build } : service.build;
      const path = join(folder, build.context ?? ".", build.dockerfile ?? "Dockerfile");
      if (!existsSync(path)) continue;
      const given = { ...pairs(build.args), ...section.build?.args };
      for (const { image, argument } of basesOf(readFileSync(path, "utf8"), given)) {
        if (await source.isBuildable(image)) continue;
        const kind = kindOf(image);
        const standIn = await source.standIn(kind);
        if (standIn !== undefined && argument !== undefined) {
          buildArguments[app] = { ...buildArguments[app], [argument]: standIn };
          continue;
        }
        shortfalls.push(
          `app ${app}: its base image ${image} can't be pulled from here` +
            (standIn === undefined
              ? `, and the sandbox has none that stands for ${kind}`
              : `; ${standIn} stands for it if the Dockerfile takes its base as an argument: ARG BASE=${image}, FROM \${BASE}`),
        );
      }
    }
  }
  return { buildArguments, shortfalls: [...new Set(shortfalls)] };
}

interface App {
  readonly folder?: string;
  readonly profiles?: readonly string[];
  readonly build?: { readonly args?: Readonly<Record<string, string>> };
}

/** A service as far as it matters here. */
interface Service {
  readonly image?: string;
  readonly profiles?: readonly string[];
  readonly build?:
    | string
    | {
        readonly context?: string;
        readonly dockerfile?: string;
        readonly args?: Readonly<Record<string, unknown>> | string[];
      };
  readonly "x-slipway"?: { readonly health?: string };
}

/**
 * The services of an app's compose file that are deployed; none where there is no such file, which the program itself will say.
 * @param asked profiles that the app's settings name
 */
export function processesIn(
  folder: string,
  asked: readonly string[] = [],
): readonly { readonly name: string; readonly service: Service }[] {
  const file = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"]
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (file === undefined) return [];
  const { services } = (parse(readFileSync(file, "utf8"), { merge: true }) ?? {}) as {
    services?: Record<string, Service>;
  };
  return Object.entries(services ?? {})
    .filter(([, service]) => !service?.profiles?.length || service.profiles.some((profile) => asked.includes(profile)))
    .map(([name, service]) => ({ name, service: service ?? {} }));
}

function pairs(args: Readonly<Record<string, unknown>> | readonly string[] | undefined): Record<string, string> {
  const entries = Array.isArray(args)
    ? args.map((text: string) => [text.split("=")[0], text.split("=").slice(1).join("=")])
    : Object.entries(args ?? {}).map(([name, value]) => [name, String(value)]);
  return Object.fromEntries(entries);
}
