/** `docker.Image`: built and pushed by the local engine whenever its context or its settings change. */
import { existsSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { Call, Failure, Resource } from "../resource";
import { hasUnknown, type Properties, type Value } from "../wire";
import { contextDigest, relativeDockerfile } from "./context";
import { loginFor, registryOf } from "./credentials";
import { type Build, build, connect, pullCaches, push } from "./engine";

/** Node's names of processors that Docker calls otherwise. */
const processors: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };

/** The platform of this machine as Docker names it. */
const ownPlatform = `linux/${processors[process.arch] ?? process.arch}`;

const builders = { BuilderV1: "1", BuilderBuildKit: "2" } as const;

function object(value: Value | undefined): Properties {
  return typeof value === "object" && value !== null ? (value as Properties) : {};
}

function list(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

/** The build's settings with their defaults; the digest of the context makes a changed file a changed input. */
export function completeBuild(given: Value | undefined): Value | undefined {
  // A build that isn't known yet stays so.
  if (typeof given === "string") return given;
  const settings = object(given);
  const context = settings.context ?? ".";
  const dockerfile = settings.dockerfile ?? (hasUnknown(context) ? undefined : join(String(context), "Dockerfile"));
  const complete = { platform: ownPlatform, ...settings, context, dockerfile };
  if (hasUnknown(context) || hasUnknown(dockerfile) || dockerfile === undefined) return complete;
  const paths = { folder: String(context), dockerfile: String(dockerfile) };
  requireFiles(paths);
  return { ...complete, contextDigest: contextDigest(paths) };
}

function requireFiles({ folder, dockerfile }: { folder: string; dockerfile: string }): void {
  const at = `build.context is ${JSON.stringify(folder)}, build.dockerfile is ${JSON.stringify(dockerfile)}`;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw new Error(`${at}: the context is no folder`);
  if (existsSync(dockerfile)) return;
  const inContext = join(folder, dockerfile);
  const hint =
    !isAbsolute(dockerfile) && existsSync(inContext) ? `; try setting dockerfile to ${JSON.stringify(inContext)}` : "";
  throw new Error(
    `${at}: there is no such Dockerfile; its path starts from the program's folder, not from the context${hint}`,
  );
}

function mistakes(inputs: Properties): Failure[] {
  const { builderVersion } = object(inputs.build);
  const registry = registryOf(String(inputs.imageName));
  return [
    // A name without registry is enough for an image that stays here.
    ...(inputs.skipPush !== true && registry instanceof Error && !object(inputs.registry).server
      ? [{ property: "imageName", reason: registry.message }]
      : []),
    ...(builderVersion === undefined || String(builderVersion) in builders
      ? []
      : [
          {
            property: "build",
            reason: `build.builderVersion is ${JSON.stringify(builderVersion)}; allowed: ${Object.keys(builders).join(", ")}`,
          },
        ]),
  ];
}

function buildOf(inputs: Properties): Build {
  const settings = object(inputs.build);
  const optional = (name: "target" | "platform" | "network") =>
    typeof settings[name] === "string" && settings[name] !== "" ? { [name]: settings[name] } : {};
  return {
    context: { folder: String(settings.context), dockerfile: String(settings.dockerfile) },
    imageName: String(inputs.imageName),
    args: Object.fromEntries(Object.entries(object(settings.args)).map(([name, value]) => [name, String(value)])),
    ...optional("target"),
    ...optional("platform"),
    ...optional("network"),
    addHosts: list(settings.addHosts),
    cacheFrom: list(object(settings.cacheFrom).images),
    builder: builders[String(settings.builderVersion ?? "BuilderBuildKit") as keyof typeof builders],
  };
}

/** Builds, pushes if that is asked for, and returns what there is to know of the image. */
async function make(inputs: Properties, pushes: boolean, call: Call): Promise<Properties> {
  const settings = buildOf(inputs);
  const login = pushes || settings.cacheFrom.length > 0 ? loginFor(settings.imageName, inputs.registry) : undefined;
  const docker = await connect();
  await pullCaches(docker, settings.cacheFrom, login, call);
  call.log("status", "Starting Docker build");
  const id = await build(docker, settings, login, call);
  return {
    baseImageName: settings.imageName,
    context: settings.context.folder,
    dockerfile: relativeDockerfile(settings.context),
    imageName: settings.imageName,
    platform: settings.platform ?? "",
    registryServer: String(object(inputs.registry).server ?? ""),
    repoDigest: pushes ? await push(docker, settings.imageName, login, call) : id,
  };
}

const computed = ["baseImageName", "context", "dockerfile", "platform", "registryServer", "repoDigest"];

/** An image. Nothing is removed when the resource is: others may have pulled it. */
export const image: Resource = {
  required: ["imageName"],
  replaceOn: [],
  computed,
  changing: computed,
  compare: "inputs",
  // Logins change often, and no image with them.
  ignores: (path) => path.startsWith("registry.") && path !== "registry.server",
  complete: (given) => ({ buildOnPreview: false, ...given, build: completeBuild(given.build) }),
  mistakes,
  async preview(inputs, call) {
    const ready = !hasUnknown(inputs.imageName) && !hasUnknown(inputs.build);
    if (inputs.buildOnPreview !== true || !ready) return undefined;
    return make(inputs, false, call);
  },
  async create(inputs, call) {
    return { id: String(inputs.imageName), outputs: await make(inputs, inputs.skipPush !== true, call) };
  },
  async update(_id, _state, inputs, call) {
    return make(inputs, inputs.skipPush !== true, call);
  },
};
