/** Builds and pushes through the local Docker engine. */
import { stripVTControlCharacters } from "node:util";
import type Dockerode from "dockerode";
import type { Call } from "../resource";
import { traceReader } from "./buildkit";
import { type Context, contextTar } from "./context";
import type { Login } from "./credentials";

/** What a build asks of the engine. */
export interface Build {
  readonly context: Context;
  readonly imageName: string;
  readonly args: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly platform?: string;
  readonly network?: string;
  readonly addHosts: readonly string[];
  readonly cacheFrom: readonly string[];
  /** `1` is the classic builder, `2` BuildKit. */
  readonly builder: "1" | "2";
}

/** One message of the engine's stream. */
interface Event {
  readonly stream?: string;
  readonly status?: string;
  readonly id?: string;
  readonly progress?: string;
  readonly error?: string;
  /** What was made, or a message of BuildKit's in base64. */
  readonly aux?: { readonly ID?: string; readonly Digest?: string } | string;
}

/** Lines of a failed build that its error repeats. */
const shownLines = 30;

/** A connection to the engine that `DOCKER_HOST` names. Loaded when it is needed: most runs build nothing. */
export async function connect(): Promise<Dockerode> {
  const { default: Docker } = await import("dockerode");
  const docker = new Docker();
  try {
    await docker.ping();
  } catch (error) {
    const host = process.env.DOCKER_HOST ?? "unix:///var/run/docker.sock";
    throw new Error(
      `no Docker engine answers at ${host}: ${error instanceof Error ? error.message : error}; start it, or set docker:host`,
    );
  }
  return docker;
}

/** Builds, and returns the image's id. */
export async function build(docker: Dockerode, settings: Build, login: Login | undefined, call: Call): Promise<string> {
  const { tar, dockerfile } = contextTar(settings.context);
  const options = {
    abortSignal: call.signal,
    dockerfile,
    t: settings.imageName,
    version: settings.builder,
    rm: true,
    forcerm: true,
    buildargs: { ...settings.args },
    ...(settings.target === undefined ? {} : { target: settings.target }),
    ...(settings.platform === undefined ? {} : { platform: settings.platform }),
    ...(settings.network === undefined ? {} : { networkmode: settings.network }),
    ...(settings.addHosts.length === 0 ? {} : { extrahosts: JSON.stringify(settings.addHosts) }),
    ...(settings.cacheFrom.length === 0 ? {} : { cachefrom: JSON.stringify(settings.cacheFrom) }),
    // For base images by the classic builder. BuildKit asks for a login without saying for which registry, so it gets none.
    ...(login === undefined ? {} : { registryconfig: { [login.serveraddress]: login } }),
  };
  const { lines, failure } = await follow(docker, await docker.buildImage(tar, options), call);
  if (failure !== undefined) {
    const shown = lines.slice(-shownLines).join("\n");
    throw new Error(`building ${settings.imageName} failed: ${failure}\n${shown}`);
  }
  return (await docker.getImage(settings.imageName).inspect()).Id;
}

/** Pulls images that a build may take layers from; one that can't be had is left out of it. */
export async function pullCaches(
  docker: Dockerode,
  images: readonly string[],
  login: Login | undefined,
  call: Call,
): Promise<void> {
  for (const image of images) {
    try {
      const stream = await docker.pull(image, login === undefined ? {} : { authconfig: login });
      const { failure } = await follow(docker, stream, call);
      if (failure !== undefined) throw new Error(failure);
    } catch (error) {
      call.log("info", `cacheFrom image ${image} not available: ${error instanceof Error ? error.message : error}`);
    }
  }
}

/** Pushes, and returns the image by the digest that the registry gave it. */
export async function push(
  docker: Dockerode,
  imageName: string,
  login: Login | undefined,
  call: Call,
): Promise<string> {
  call.log("status", "Pushing Image to the registry");
  // Without a login an empty one is sent: the engine wants the header.
  const authconfig = login ?? { username: "", password: "", serveraddress: "" };
  const stream = await docker.getImage(imageName).push({ authconfig, abortSignal: call.signal });
  const { failure, digest } = await follow(docker, stream, call);
  if (failure !== undefined) throw new Error(`pushing ${imageName} failed: ${failure}`);
  const repository = imageName.replace(/:[^:/]*$/, "");
  if (digest !== undefined) return `${repository}@${digest}`;
  const { RepoDigests: digests } = await docker.getImage(imageName).inspect();
  const found = digests?.find((name) => name.startsWith(`${repository}@`));
  if (found === undefined) throw new Error(`pushing ${imageName} gave no digest`);
  return found;
}

interface Followed {
  readonly lines: readonly string[];
  readonly failure?: string;
  readonly digest?: string;
}

/** Shows each line as it comes, and says how the stream ended. */
function follow(docker: Dockerode, stream: NodeJS.ReadableStream, call: Call): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const trace = traceReader();
    const lines: string[] = [];
    let failure: string | undefined;
    let digest: string | undefined;
    const see = (event: Event) => {
      failure = event.error ?? failure;
      if (typeof event.aux === "object") digest = event.aux.Digest ?? digest;
      const said = typeof event.aux === "string" ? trace(event.aux) : textOf(event).split("\n");
      for (const line of said) {
        const text = stripVTControlCharacters(line).trimEnd();
        if (text === "") continue;
        lines.push(text);
        call.log("status", text);
      }
    };
    docker.modem.followProgress(
      stream,
      (error) => {
        if (error) reject(error);
        else
          resolve({
            lines,
            ...(failure === undefined ? {} : { failure }),
            ...(digest === undefined ? {} : { digest }),
          });
      },
      see,
    );
  });
}

/** What an event says to a person. */
function textOf({ stream, status, id, progress }: Event): string {
  if (stream !== undefined) return stream;
  // A layer's progress bar is many events a second, and says nothing that its end doesn't.
  if (status === undefined || progress !== undefined) return "";
  return id === undefined ? status : `${id}: ${status}`;
}
