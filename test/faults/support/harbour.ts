/** The app harbour on a machine of the sandbox: its images, its manifests, and the engine asked without Pulumi in between. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Row } from "../../../agent/ledger";
import type { Manifest } from "../../../agent/manifest";
import type { HostStatus } from "../../../agent/status";
import type { TestStack } from "../../e2e/support/stack";

/** What an image of the app does, see `test/apps/harbour/app.js`. */
export interface Behaviour {
  readonly fault?: "crash" | "unhealthy" | "dies" | "sickens" | "memory" | "port" | "migration" | "secret";
  readonly after?: number;
  readonly abrupt?: boolean;
}

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number;
  /** Both streams, as they came. */
  readonly output: string;
}

/** What the releases of a test differ in. */
export interface Order {
  readonly app?: string;
  readonly worker?: boolean;
  /** Whether it keeps uploads, which the edge serves. */
  readonly uploads?: boolean;
  /** Whether it has a database, and a snapshot of it before the release command; see `giveDatabase`. */
  readonly database?: boolean;
  readonly limits?: Partial<Manifest["limits"]>;
  readonly change?: (manifest: Manifest) => Manifest;
}

/** A command that goes on while the test does. */
export interface UnderWay {
  readonly done: Promise<Ran>;
  /** Resolves once it has printed this, or has ended. */
  until(text: string): Promise<void>;
  /** Ends the program on this computer by SIGKILL. */
  kill(): void;
}

/** A value that must never be seen in any output. */
export const SECRET = "kraken-4711-under-the-keel";

/** @see the file's head */
export class Harbour {
  readonly stack: TestStack;
  readonly registry: string;
  /** Address of the machine on the sandbox's network. */
  address = "";
  /** Name of the machine's container. */
  machine = "";
  #versions = 0;

  constructor(stack: TestStack) {
    this.stack = stack;
    this.registry = `10.213.${stack.slot}.2:5000`;
  }

  /** Brings up the sandbox, its machine with the engine on it, and the image that all versions stand on. */
  async begin(): Promise<void> {
    await this.stack.verb("sandbox", ["start", "--with", "node"]);
    await this.stack.up();
    await this.find();
    await execa("docker", ["login", this.registry, "-u", "slipway", "--password-stdin"], { input: "rehearsal-only" });
    const folder = join(process.cwd(), "test", "apps", "harbour");
    await execa("docker", ["build", "-q", "-t", this.#base, "--build-arg", "BASE=slipway-sandbox/node:20", folder]);
  }

  /** Finds the machine of a stack that is up. */
  async find(): Promise<void> {
    const [name = ""] = await this.stack.docker(
      ...["ps", "--filter", `label=slipway.sandbox=${this.stack.slot}`, "--filter", "name=droplet"],
      ...["--format", "{{.Names}}"],
    );
    this.machine = name;
    const network = `{{(index .NetworkSettings.Networks "slipway-sandbox-${this.stack.slot}").IPAddress}}`;
    [this.address = ""] = await this.stack.docker("inspect", "--format", network, name);
  }

  /** Makes and pushes a version of the app: one small layer. @returns the image by digest, and its version */
  async image(behaviour: Behaviour = {}): Promise<{ image: string; version: string }> {
    this.#versions += 1;
    const version = `${Date.now().toString(36)}-${this.#versions}`;
    const image = await this.push(version, `FROM ${this.#base}\nCOPY behaviour.json .\n`, {
      "behaviour.json": JSON.stringify({ version, ...behaviour }),
    });
    return { image, version };
  }

  /** Makes and pushes an image of these files. @returns it by digest */
  async push(tag: string, dockerfile: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
    const name = `${this.registry}/harbour:${tag}`;
    const folder = mkdtempSync(join(tmpdir(), "slipway-harbour-"));
    try {
      for (const [path, text] of Object.entries({ ...files, Dockerfile: dockerfile }))
        writeFileSync(join(folder, path), text);
      await execa("docker", ["build", "-q", "-t", name, folder]);
      await execa("docker", ["push", "-q", name]);
      const { stdout } = await execa("docker", ["inspect", "--format", "{{json .RepoDigests}}", name]);
      const digest = (JSON.parse(stdout) as string[]).find((one) => one.startsWith(`${this.registry}/harbour@`));
      if (digest === undefined) throw new Error(`${name} has no digest after its push`);
      return digest;
    } finally {
      rmSync(folder, { recursive: true, force: true });
      await execa("docker", ["rmi", name], { reject: false });
    }
  }

  /** A manifest of the app with this image. */
  manifest(
    image: string,
    {
      app = "harbour",
      worker = false,
      uploads = false,
      database = false,
      limits = {},
      change = (same) => same,
    }: Order = {},
  ): Manifest {
    return change({
      version: 1,
      app,
      origin: { sequence: Date.now(), actor: "harbour master" },
      registry: { server: this.registry, username: "slipway", password: "rehearsal-only" },
      processes: {
        web: {
          image,
          compose: uploads ? { volumes: ["uploads:/uploads"] } : {},
          port: 8000,
          health: "/healthz",
          replicas: 1,
          static: { from: "/app/static", at: "/static/" },
          ...(uploads && { media: { volume: "uploads", at: "/media/" } }),
        },
        ...(worker && {
          worker: { image, compose: { command: ["node", "app.js", "work"], volumes: ["jobs:/jobs"] }, replicas: 1 },
        }),
      },
      routes: [{ host: hostOf(app), process: "web" }],
      tls: { mode: "off" },
      release: { process: "web", command: ["node", "app.js", "migrate"] },
      environment: {
        TOKEN: SECRET,
        ...(worker && { JOBS: "/jobs/lines" }),
        ...(database && { DATABASE_URL: `postgres://harbour:${SECRET}@127.0.0.1/harbour` }),
      },
      secrets: ["TOKEN", ...(database ? ["DATABASE_URL"] : [])],
      ...(database && { database: { url: "DATABASE_URL" }, snapshot: { keep: 2, limit: 100 } }),
      volumes: [...(worker ? ["jobs"] : []), ...(uploads ? ["uploads"] : [])],
      keep: 3,
      limits: { health: 5, release: 20, drain: 10, settle: 0, watch: 1, lock: 2, wait: 60, ...limits },
    });
  }

  /** Makes the database of the app, which only the engine asks: the app itself needs none. */
  async giveDatabase(): Promise<void> {
    const sql = `CREATE ROLE harbour LOGIN PASSWORD '${SECRET}'; CREATE DATABASE harbour OWNER harbour`;
    const { code, output } = await this.sh(
      `sudo -u postgres psql -Atc "SELECT 1 FROM pg_database WHERE datname = 'harbour'" | grep -q 1 || ` +
        `echo "${sql}" | tr ';' '\n' | sed 's/$/;/' | sudo -u postgres psql -v ON_ERROR_STOP=1 -q`,
    );
    if (code !== 0) throw new Error(`harbour gets no database: ${output}`);
  }

  /** Asks the engine for a release and waits for its end. */
  async release(manifest: Manifest): Promise<Ran> {
    return this.start(manifest).done;
  }

  /** Asks the engine for a release. `kill` ends who asked, not the release. */
  start(manifest: Manifest, ...options: string[]): UnderWay {
    return underWay("docker", ["exec", "-i", this.machine, "slipway", "release", ...options], JSON.stringify(manifest));
  }

  /** Releases a good version and expects it to become live. @returns its version */
  async releaseGood(order: Order = {}): Promise<string> {
    const { image, version } = await this.image();
    const { code, output } = await this.release(this.manifest(image, order));
    if (code !== 0) throw new Error(`a good release failed:\n${output}`);
    return version;
  }

  /** Runs a shell line as root on the machine. */
  async sh(line: string): Promise<Ran> {
    const { exitCode, all } = await execa("docker", ["exec", this.machine, "bash", "-c", line], {
      all: true,
      reject: false,
      timeout: 120_000,
    });
    return { code: exitCode ?? 255, output: String(all) };
  }

  /** Rows of the app's ledger, oldest first. */
  async ledger(app = "harbour"): Promise<readonly Row[]> {
    const { code, output } = await this.sh(`slipway releases ${app} --json`);
    return code === 0 ? (JSON.parse(output) as Row[]) : [];
  }

  /** What `slipway status --json` says. */
  async status(): Promise<HostStatus> {
    return JSON.parse((await this.sh("slipway status --json")).output) as HostStatus;
  }

  /** The version that answers through the edge, or why none does. */
  async serving(app = "harbour"): Promise<string> {
    try {
      const { stdout } = await execa("curl", [
        ...["-s", "--noproxy", "*", "--max-time", "5", "-H", `Host: ${hostOf(app)}`, `http://${this.address}/`],
      ]);
      return (JSON.parse(stdout) as { version: string }).version;
    } catch (error) {
      return `none (${(error as Error).message.split("\n")[0]})`;
    }
  }

  /** Waits until this version answers through the edge. */
  async untilServing(version: string, seconds: number, app = "harbour"): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (let last = ""; last !== version; last = await this.serving(app)) {
      if (Date.now() > end) throw new Error(`${version} did not serve within ${seconds} s; there was: ${last}`);
      await sleep(50);
    }
  }

  /** Takes an app off the machine, with its data. */
  async remove(app = "harbour"): Promise<void> {
    await this.sh(`slipway remove ${app} --volumes`);
  }

  get #base(): string {
    return `${this.registry}/harbour:base`;
  }
}

/** Starts a program with this standard input. */
export function underWay(program: string, args: readonly string[], input: string): UnderWay {
  const child = execa(program, args, { input, all: true, reject: false, timeout: 180_000 });
  let output = "";
  const heard = new Set<() => void>();
  child.all.on("data", (piece: Buffer) => {
    output += piece;
    for (const hear of heard) hear();
  });
  const done = child.then(({ exitCode, all }) => ({ code: exitCode ?? 255, output: String(all) }));
  return {
    done,
    async until(text) {
      const printed = new Promise<void>((resolve) => {
        const hear = () => output.includes(text) && resolve();
        heard.add(hear);
        hear();
      });
      await Promise.race([printed, done]);
    },
    kill: () => child.kill("SIGKILL"),
  };
}

/** Host name of an app of the tests. */
export function hostOf(app: string): string {
  return `${app}.localhost`;
}
