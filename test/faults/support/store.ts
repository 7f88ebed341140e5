/** The app store on a machine of the sandbox: five servers that keep data and a page with a SQLite file, written to without a pause. */
import { join } from "node:path";
import { execa } from "execa";
import type { Manifest, Process } from "../../../agent/manifest";
import { type Harbour, hostOf, type Ran } from "./harbour";

/** Servers of the store, and the page that visitors reach. */
export const servers = ["db", "aof", "rdb", "plain", "queue", "page"] as const;
/** @see servers */
export type Server = (typeof servers)[number];

/** What a version of the store differs in. */
export interface Version {
  /** Label of each process that has another than usual: a changed definition, i.e. a new container. */
  readonly labels?: Partial<Record<Server | "front", string>>;
  /** Servers that it doesn't have. */
  readonly without?: readonly Server[];
  /** Whether its front page is never healthy. */
  readonly sick?: boolean;
}

/** What was acknowledged and what is there. */
export interface Tally {
  /** Writes that each server has acknowledged. */
  readonly acknowledged: Readonly<Record<Server, number>>;
  /** Those of them that are gone. */
  readonly lost: Readonly<Record<Server, readonly number[]>>;
  /** The longest time between two acknowledgements, in seconds. */
  readonly longest: Readonly<Record<Server, number>>;
}

interface Written {
  readonly acked: Record<Server, number[]>;
  readonly longest: Record<Server, number>;
}

const app = "store";
const client = "store-client";
/** Where the watcher leaves what it has seen. */
const seen = "/run/store-watch.json";

/**
 * Looks every 20 ms at which containers run, and notes each pair that may write the same volume. Docker is asked for its list on one connection that
 * stays open; a look that takes longer is counted, too.
 */
const watcher = `
const { writeFileSync } = require("node:fs");
const { Agent, request } = require("node:http");
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const pairs = new Set();
let looks = 0;
const look = () => new Promise((done) => {
  const asked = request({ agent, socketPath: "/var/run/docker.sock", path: "/containers/json" }, (answer) => {
    let text = "";
    answer.on("data", (piece) => { text += piece; });
    answer.on("end", () => {
      const writers = new Map();
      for (const { Names, Mounts } of JSON.parse(text))
        for (const { Name, RW, Type } of Mounts) {
          if (Type !== "volume" || !RW) continue;
          if (writers.has(Name)) pairs.add([writers.get(Name), Names[0]].sort().join(" and ") + " on " + Name);
          writers.set(Name, Names[0]);
        }
      looks += 1;
      writeFileSync("${seen}", JSON.stringify({ pid: process.pid, looks, pairs: [...pairs] }));
      done();
    });
  });
  asked.on("error", () => done());
  asked.end();
});
(async () => { for (;;) { await look(); await new Promise((next) => setTimeout(next, 20)); } })();
`;

/** @see the file's head */
export class Store {
  #image = "";
  readonly #harbour: Harbour;

  constructor(harbour: Harbour) {
    this.#harbour = harbour;
  }

  /** Builds and pushes the image of all of it. */
  async build(): Promise<void> {
    const name = `${this.#harbour.registry}/harbour:store`;
    const folder = join(process.cwd(), "test", "apps", "store");
    const base = ["--build-arg", "BASE=slipway-sandbox/node:20"];
    const env = { DOCKER_BUILDKIT: "0" };
    await execa("docker", ["build", "-q", "--network", "host", "-t", name, ...base, folder], { env });
    await execa("docker", ["push", "-q", name]);
    const { stdout } = await execa("docker", ["inspect", "--format", "{{json .RepoDigests}}", name]);
    this.#image = (JSON.parse(stdout) as string[]).find((one) => one.startsWith(this.#harbour.registry)) ?? "";
  }

  /** A manifest of a version. */
  manifest({ labels = {}, without = [], sick = false }: Version = {}): Manifest {
    const image = this.#image;
    const server = (name: Server, command: string[], more: object = {}): [Server, Process] => [
      name,
      { image, replicas: 1, compose: { command, labels: { version: labels[name] ?? "1" }, ...more } },
    ];
    const data = (name: Server) => ({ volumes: [`${name}:/data`] });
    const processes = Object.fromEntries(
      [
        server("db", ["postgres"], { ...data("db"), stop_signal: "SIGINT" }),
        server("aof", ["redis", "--appendonly", "yes", "--appendfsync", "always", "--save", ""], data("aof")),
        server("rdb", ["redis", "--save", "3600 1"], data("rdb")),
        server("plain", ["redis-debian"]),
        server("queue", ["rabbitmq"], data("queue")),
      ].filter(([name]) => !without.includes(name)),
    );
    const page = (name: "page" | "front", compose: object): [string, Process] => [
      name,
      {
        image,
        port: 8000,
        health: "/healthz",
        replicas: 1,
        compose: { command: ["python3", "store.py"], labels: { version: labels[name] ?? "1" }, ...compose },
      },
    ];
    return {
      version: 1,
      app,
      origin: { sequence: Date.now(), actor: "storekeeper" },
      registry: { server: this.#harbour.registry, username: "slipway", password: "rehearsal-only" },
      processes: {
        ...processes,
        ...Object.fromEntries([
          page("page", data("page")),
          page("front", {
            depends_on: Object.keys(processes),
            tmpfs: ["/data"],
            ...(sick && { environment: { SICK: "1" } }),
          }),
        ]),
      },
      routes: [
        { host: hostOf(app), process: "page" },
        { host: hostOf("front"), process: "front" },
      ],
      tls: { mode: "off" },
      environment: {},
      secrets: [],
      volumes: servers.filter((name) => name !== "plain"),
      keep: 3,
      limits: { health: 40, release: 20, drain: 10, settle: 0, watch: 1, lock: 2, wait: 60 },
    };
  }

  /** Asks the engine for a release of a version. */
  release(version: Version = {}): Promise<Ran> {
    return this.#harbour.release(this.manifest(version));
  }

  /** Has a client write to all servers, and a watcher look at who is on which volume. */
  async begin(): Promise<void> {
    const { output, code } = await this.#harbour.sh(
      `docker network inspect slipway-${app} >/dev/null 2>&1 || docker network create --label slipway.app=${app} slipway-${app}; ` +
        `echo rehearsal-only | docker login -u slipway --password-stdin ${this.#harbour.registry} >/dev/null 2>&1; ` +
        `docker run -d --name ${client} --network slipway-${app} --add-host edge:host-gateway --stop-timeout 60 ${this.#image} python3 client.py write edge`,
    );
    if (code !== 0) throw new Error(output);
    await execa("docker", ["exec", "-d", this.#harbour.machine, "node", "-e", watcher]);
  }

  /** Ends the client, and counts. */
  async end(): Promise<Tally> {
    await this.#harbour.sh(`docker stop -t 60 ${client}`);
    const written = JSON.parse((await this.#harbour.sh(`docker logs ${client} 2>/dev/null`)).output) as Written;
    await this.#harbour.sh(`docker rm ${client}`);
    const { output } = await this.#harbour.sh(
      `docker run --rm --network slipway-${app} --add-host edge:host-gateway ${this.#image} python3 client.py read edge 2>&1`,
    );
    const there = JSON.parse(output.trim().split("\n").at(-1) ?? "") as Record<Server, number[]>;
    const per = <T>(value: (name: Server) => T) => Object.fromEntries(servers.map((name) => [name, value(name)]));
    const lost = (name: Server) => {
      const found = new Set(there[name]);
      return written.acked[name].filter((number) => !found.has(number));
    };
    return {
      acknowledged: per((name) => written.acked[name].length) as Tally["acknowledged"],
      lost: per(lost) as unknown as Tally["lost"],
      longest: written.longest,
    };
  }

  /** Ends the watcher. @returns the pairs of containers that it has seen on one volume, and how often it looked */
  async watched(): Promise<{ readonly looks: number; readonly pairs: readonly string[] }> {
    const { pid, ...rest } = JSON.parse((await this.#harbour.sh(`cat ${seen}`)).output);
    await this.#harbour.sh(`kill ${pid}; rm ${seen}`);
    return rest;
  }
}
