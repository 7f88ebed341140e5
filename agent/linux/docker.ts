/** The host's Docker: its API for single containers, compose for what the words of a compose file mean. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { isSteering } from "../compose-keys";
import { Failure } from "../failure";
import type { Condition, Docker, Login } from "../host";
import { registryWords } from "../registry-words";
import { ask, messageOf, send, textOf } from "./engine-api";
import { lineCutter, readLog, readStampedLog } from "./lines";
import { attend, run } from "./process";
import { unpack } from "./unpack";

/** Compose as a program of its own, which spares 50 ms of the `docker` command's start; Debian installs both. */
const COMPOSE: readonly [string, ...string[]] = ["docker-compose"];

/** Seconds a one-off has to end once whoever ran it is gone. */
const LAST_SECONDS = 10;

const Listed = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()),
    Image: z.string(),
    Labels: z.record(z.string(), z.string()),
    State: z.string(),
    Mounts: z
      .array(
        z.object({ Type: z.string(), Name: z.string().optional(), Source: z.string().optional(), RW: z.boolean() }),
      )
      .nullish(),
  }),
);

const Inspected = z.object({
  RestartCount: z.number(),
  State: z.object({
    Status: z.enum(["created", "running", "paused", "restarting", "removing", "exited", "dead"]),
    ExitCode: z.number(),
    OOMKilled: z.boolean(),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
});

/** An event of a container's end, a line each. */
const Died = z.object({ Actor: z.object({ Attributes: z.object({ exitCode: z.string() }) }) });

const InspectedImage = z.object({
  Id: z.string(),
  RepoDigests: z.array(z.string()).nullish(),
  Size: z.number(),
  Os: z.string(),
  Architecture: z.string(),
});

const ListedImages = z.array(InspectedImage.pick({ Id: true, RepoDigests: true, Size: true }));

const Distribution = z.object({
  Descriptor: z.object({ digest: z.string() }),
  Platforms: z.array(z.object({ os: z.string().optional(), architecture: z.string().optional() })).nullish(),
});

/** Docker as it runs on this machine. */
export const linuxDocker: Docker = {
  async pull(image, login, onBytes) {
    if ((await ask({ method: "GET", path: `/images/${image}/json` }, [404])) !== undefined) return false;
    const answer = await send({
      method: "POST",
      path: "/images/create",
      query: { fromImage: image },
      headers: login ? { "x-registry-auth": loginHeader(login) } : {},
    });
    if (answer.statusCode !== 200) throw registryFailure(image, messageOf(await textOf(answer)), login);
    // The status is sent before the work: what goes wrong later stands in the stream.
    let wrong: string | undefined;
    const cutter = lineCutter((line) => {
      const { error } = JSON.parse(line) as { error?: string };
      wrong ??= error;
    });
    // Leaving the loop closes the connection, and Docker gives up a pull that nobody listens to.
    for await (const chunk of answer) {
      cutter.feed(chunk as Buffer);
      await onBytes?.();
    }
    cutter.end();
    if (wrong !== undefined) throw registryFailure(image, wrong, login);
    return true;
  },

  async resolve(reference, login) {
    const answer = await send({
      method: "GET",
      path: `/distribution/${reference}/json`,
      headers: login ? { "x-registry-auth": loginHeader(login) } : {},
    });
    const text = await textOf(answer);
    if (answer.statusCode !== 200) throw registryFailure(reference, messageOf(text), login);
    const { Descriptor, Platforms } = Distribution.parse(JSON.parse(text));
    return {
      image: `${nameOf(reference)}@${Descriptor.digest}`,
      platforms: (Platforms ?? []).flatMap(({ os, architecture }) =>
        os && architecture && os !== "unknown" ? [`${os}/${architecture}`] : [],
      ),
    };
  },

  async image(reference) {
    const found = await ask({ method: "GET", path: `/images/${reference}/json` }, [404]);
    if (found === undefined) return undefined;
    const { Id, RepoDigests, Size, Os, Architecture } = InspectedImage.parse(found);
    return { id: Id, digests: RepoDigests ?? [], size: Size, platform: `${Os}/${Architecture}` };
  },

  async images() {
    const answer = await ask({ method: "GET", path: "/images/json", query: { digests: "true" } });
    return ListedImages.parse(answer).map(({ Id, RepoDigests, Size }) => ({
      id: Id,
      digests: RepoDigests ?? [],
      size: Size,
    }));
  },

  async removeImage(reference) {
    // 409: a container uses it.
    const gone = await ask({ method: "DELETE", path: `/images/${reference}` }, [404, 409]);
    return gone !== undefined;
  },

  async platform() {
    const { Os, Arch } = z
      .object({ Os: z.string(), Arch: z.string() })
      .parse(await ask({ method: "GET", path: "/version" }));
    return `${Os}/${Arch}`;
  },

  async network(name, labels) {
    const found = await ask({ method: "GET", path: `/networks/${name}` }, [404]);
    if (found === undefined) {
      await ask({ method: "POST", path: "/networks/create", body: { Name: name, Driver: "bridge", Labels: labels } });
    }
  },

  async volume(name, labels) {
    // Docker answers with the volume that is there if there is one.
    await ask({ method: "POST", path: "/volumes/create", body: { Name: name, Labels: labels } });
  },

  async volumePath(name) {
    const { Mountpoint } = z
      .object({ Mountpoint: z.string() })
      .parse(await ask({ method: "GET", path: `/volumes/${name}` }));
    return Mountpoint;
  },

  async removeNetwork(name) {
    await ask({ method: "DELETE", path: `/networks/${name}` }, [404]);
  },

  async removeVolumes(label) {
    const answer = await ask({ method: "GET", path: "/volumes", query: filters(label) });
    const { Volumes } = z.object({ Volumes: z.array(z.object({ Name: z.string() })).nullish() }).parse(answer);
    const names = (Volumes ?? []).map((volume) => volume.Name).sort();
    for (const name of names) await ask({ method: "DELETE", path: `/volumes/${name}` }, [404]);
    return names;
  },

  async render(folder, project, environment) {
    const { code, output, answer } = await run(
      [...COMPOSE, ...filesOf(folder, project), "--profile", "*", "config", "--format", "json"],
      { environment: composeEnvironment(environment) },
    );
    if (code !== 0) throw new Failure(`compose: ${lastWords(output)}`);
    return JSON.parse(answer);
  },

  async create(folder, project, environment) {
    const { code, output } = await run(
      [...COMPOSE, ...filesOf(folder, project), "create", "--no-build", "--pull", "never"],
      { environment: composeEnvironment(environment) },
    );
    if (code !== 0) throw new Failure(`compose: ${lastWords(output)}`);
  },

  async containers(label) {
    const answer = await ask({ method: "GET", path: "/containers/json", query: { all: "true", ...filters(label) } });
    return Listed.parse(answer)
      .map(({ Id, Names, Image, Labels, State, Mounts }) => ({
        id: Id,
        name: (Names[0] ?? Id).replace(/^\//, ""),
        labels: Labels,
        running: State === "running",
        image: Image,
        writes: (Mounts ?? []).flatMap(({ Type, Name, Source, RW }) => {
          const place = Type === "volume" ? Name : Type === "bind" ? Source : undefined;
          return RW && place !== undefined ? [place] : [];
        }),
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  },

  async condition(id) {
    const { RestartCount, State } = Inspected.parse(await ask({ method: "GET", path: `/containers/${id}/json` }));
    const health = State.Health?.Status;
    return {
      status: State.Status,
      exitCode: State.ExitCode,
      restarts: RestartCount,
      outOfMemory: State.OOMKilled,
      ...(isHealth(health) && { health }),
    };
  },

  async lastExitCode(id) {
    const query = {
      since: "0",
      until: (Date.now() / 1000).toFixed(3),
      filters: JSON.stringify({ container: [id], event: ["die"] }),
    };
    const answer = await send({ method: "GET", path: "/events", query });
    const last = (await textOf(answer)).trim().split("\n").at(-1);
    return last ? Number(Died.parse(JSON.parse(last)).Actor.Attributes.exitCode) : undefined;
  },

  async start(id) {
    await ask({ method: "POST", path: `/containers/${id}/start` }, [304]);
  },

  async stop(id, seconds) {
    const query = { t: String(Math.ceil(seconds)) };
    await ask({ method: "POST", path: `/containers/${id}/stop`, query, patient: true }, [304, 404]);
  },

  async remove(id) {
    await ask({ method: "DELETE", path: `/containers/${id}`, query: { force: "true", v: "true" } }, [404, 409]);
  },

  async runToEnd(id, seconds, onLine) {
    await linuxDocker.start(id);
    const log = await send({
      method: "GET",
      path: `/containers/${id}/logs`,
      query: { ...streams, follow: "true" },
      patient: true,
    });
    const limit = new Promise<"late">((resolve) => setTimeout(resolve, seconds * 1000, "late").unref());
    const reading = log.statusCode === 200 ? readLog(log, onLine) : textOf(log).then(() => {});
    const ending = ask({ method: "POST", path: `/containers/${id}/wait`, patient: true });
    const result = await Promise.race([Promise.all([ending, reading]), limit]);
    if (result === "late") {
      log.destroy();
      reading.catch(() => {});
      ending.catch(() => {});
      await linuxDocker.stop(id, 10);
      throw new Failure(`did not end within ${seconds} s and was stopped`, id);
    }
    return z.object({ StatusCode: z.number() }).parse(result[0]).StatusCode;
  },

  async readLines(id, { lines, follow, since }, onLine) {
    const query = {
      ...streams,
      timestamps: "true",
      tail: lines === undefined ? "all" : String(lines),
      follow: String(follow),
      ...(since !== undefined && { since: (since / 1000).toFixed(3) }),
    };
    const answer = await send({ method: "GET", path: `/containers/${id}/logs`, query, patient: follow });
    if (answer.statusCode !== 200) throw new Failure(messageOf(await textOf(answer)));
    await readStampedLog(answer, onLine);
  },

  async runOneOff({ folder, project, service, command, environment, terminal }) {
    const name = `${project}-${service}-run-${randomBytes(6).toString("hex")}`;
    return attend(
      [
        ...COMPOSE,
        ...filesOf(folder, project),
        "run",
        "--rm",
        "--no-deps",
        "--name",
        name,
        ...(terminal ? [] : ["--no-TTY"]),
        service,
        ...command,
      ],
      composeEnvironment(environment),
      async () => {
        await linuxDocker.stop(name, LAST_SECONDS);
        await linuxDocker.remove(name);
      },
    );
  },

  async copyOut(id, from, to, onBytes) {
    const answer = await send({ method: "GET", path: `/containers/${id}/archive`, query: { path: from } });
    if (answer.statusCode !== 200) {
      const why = messageOf(await textOf(answer));
      throw new Failure(answer.statusCode === 404 ? `the image has no folder ${from}` : why);
    }
    await unpack({ archive: answer, from, to, onBytes });
  },
};

function filesOf(folder: string, project: string): readonly string[] {
  return ["--project-name", project, "--file", join(folder, "compose.json")];
}

const streams = { stdout: "true", stderr: "true" };

function filters(label: string): Record<string, string> {
  return { filters: JSON.stringify({ label: [label] }) };
}

/**
 * A login as the engine's API takes it: base64 for URLs with its padding. Without the padding the engine takes the login for none, and says
 * nothing of it (moby/moby, `api/types/registry/authconfig.go`).
 */
export function loginHeader(login: Login): string {
  const body = { username: login.username, password: login.password, serveraddress: login.server };
  const text = Buffer.from(JSON.stringify(body)).toString("base64url");
  return text.padEnd(Math.ceil(text.length / 4) * 4, "=");
}

function registryFailure(image: string, words: string, login: Login | undefined): Failure {
  return new Failure(registryWords(image, words, login));
}

/** A reference without its tag or digest. */
function nameOf(reference: string): string {
  return reference.replace(/@.*$/, "").replace(/:[^:/]*$/, "");
}

function isHealth(health: string | undefined): health is NonNullable<Condition["health"]> {
  return health === "starting" || health === "healthy" || health === "unhealthy";
}

/** The app's variables fill `${NAME}` in its compose file, but never steer compose or the loader themselves. */
function composeEnvironment(environment: Readonly<Record<string, string>>): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(environment).filter(([name]) => !isSteering(name))),
    PATH: process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/root",
  };
}

/** The end of a program's output, which is where it says why it gave up. */
function lastWords(output: string): string {
  return output.trim().split("\n").slice(-5).join("\n");
}
