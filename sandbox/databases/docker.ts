import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { type Engine, ifThere, runErrand, statusOf } from "../engine";
import { cloudFirewall } from "../machines/cloudFirewall";
import type { Firewall, Power } from "../machines/machines";
import { Notes } from "../machines/notes";
import { tarOf } from "../machines/seed";
import { shutDown } from "../machines/shutDown";
import { nameIn, type Slot } from "../slot";
import type { Authority } from "./authority";
import { hostBasedAccess, postgresConfiguration } from "./configuration";
import type { Databases, Role, ServerOrder, ServerSize } from "./databases";
import { runInside } from "./inside";
import {
  databaseNames,
  databaseSql,
  discreetly,
  disownSql,
  dropDatabaseSql,
  dropRoleSql,
  firstSql,
  quoteText,
  roleSql,
} from "./sql";

/** What the database servers of one sandbox stand on. */
export interface DatabaseGround {
  readonly engine: Engine;
  readonly slot: Slot;
  /** The image of `images/postgres.ts`. */
  readonly image: string;
  readonly authority: Authority;
  /** Folder for what must be known when a server is turned on again. */
  readonly notes: string;
}

/** Label that holds the id the cloud gave a server. */
const idLabel = "slipway.database";

/** Label that holds a server's port. */
const portLabel = "slipway.database.port";

/** Folder of a server's data: its parent is the volume's root. */
const data = "/var/lib/postgresql";

/** Folder that is emptied with the power; see the image. */
const powered = "/run/sandbox";

/** Seconds until a server must answer: the first start makes its files, a later one may have to recover. */
const startLimit = 120;

/**
 * Postgres servers in containers on a Docker engine; a server's data is in a volume of its own. Calls for one server must
 * follow one another.
 */
export class DockerDatabases implements Databases {
  readonly #ground: DatabaseGround;
  readonly #notes: Notes;

  constructor(ground: DatabaseGround) {
    this.#ground = ground;
    this.#notes = new Notes(ground.notes);
  }

  async create(order: ServerOrder): Promise<void> {
    const found = await this.#inspect(order.id);
    // One that was never started may lack its files: an earlier try ended half-way.
    if (found?.State.Status === "created") await this.#container(order.id).remove({ force: true });
    await this.#notes.write(order.id, noteOf(order.sources));
    if (found === undefined || found.State.Status === "created") await this.#make(order);
    await this.#on(order.id);
    await this.#sql(order.id, firstSql(order));
  }

  async destroy(id: string): Promise<void> {
    await ifThere(this.#container(id).remove({ force: true, v: true }));
    await ifThere(this.#volume(id).remove());
    await this.#notes.forget(id);
  }

  async power(id: string): Promise<Power> {
    if ((await this.#inspect(id))?.State.Running) return "on";
    return (await ifThere(this.#volume(id).inspect())) === undefined ? "absent" : "off";
  }

  async resize(id: string, size: ServerSize): Promise<void> {
    const found = await this.#existing(id);
    const container = this.#container(id);
    await container.update(this.#limits(size));
    const port = Number(found.Config.Labels[portLabel]);
    await container.putArchive(await tarOf({ "etc/sandbox/postgresql.conf": postgresConfiguration(port, size) }), {
      path: "/",
    });
    await shutDown(container);
    await this.#on(id);
  }

  async setSources(id: string, networks: readonly string[] | undefined): Promise<void> {
    const found = await this.#existing(id);
    await this.#notes.write(id, noteOf(networks));
    if (found.State.Running) await this.#filter(id, true);
  }

  async setRole(id: string, role: Role): Promise<void> {
    await this.#sql(id, roleSql(role));
  }

  async dropRole(id: string, name: string, heir: string): Promise<void> {
    const names = await this.#sql(id, databaseNames);
    for (const database of names.split("\n")) await this.#sql(id, disownSql(name, heir), database);
    await this.#sql(id, dropRoleSql(name));
  }

  async addDatabase(id: string, name: string, owner: string): Promise<void> {
    await this.#sql(id, databaseSql(name, owner));
  }

  async dropDatabase(id: string, name: string): Promise<void> {
    await this.#sql(id, dropDatabaseSql(name));
  }

  async list(): Promise<readonly string[]> {
    const label = Object.entries(this.#ground.slot.label).map(([name, value]) => `${name}=${value}`);
    // Volumes, not containers: a server whose container is gone still has its data.
    const { Volumes: volumes } = await this.#ground.engine.docker.listVolumes({
      filters: { label: [...label, idLabel] },
    });
    return (volumes ?? []).flatMap((volume) => volume.Labels[idLabel] ?? []).sort();
  }

  authority(): Promise<string> {
    return this.#ground.authority.certificate();
  }

  async #make(order: ServerOrder): Promise<void> {
    const { engine, slot, image, authority } = this.#ground;
    const labels = { ...slot.label, [idLabel]: order.id };
    const name = nameIn(slot, order.id);
    const { certificate, key } = await authority.issue(order.address);
    await engine.docker.createVolume({ Name: name, Labels: labels });
    const container = await engine.docker.createContainer({
      name,
      Image: image,
      User: "postgres",
      Labels: { ...labels, [portLabel]: String(order.port) },
      HostConfig: {
        ...this.#limits(order),
        NetworkMode: slot.network.name,
        CapDrop: ["ALL"],
        // Docker's 64 MiB are soon used up by queries that run in parallel.
        ShmSize: 256 * 1024 * 1024,
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        Mounts: [
          { Type: "volume", Source: name, Target: data },
          // What lives as long as the power does: the socket, the gate, the key as Postgres takes it.
          { Type: "tmpfs", Source: "", Target: powered, TmpfsOptions: { SizeBytes: 1024 * 1024, Mode: 0o777 } },
        ],
      },
      NetworkingConfig: {
        EndpointsConfig: { [slot.network.name]: { IPAMConfig: { IPv4Address: order.address } } },
      },
    });
    const files = {
      "etc/sandbox/postgresql.conf": postgresConfiguration(order.port, order),
      "etc/sandbox/pg_hba.conf": hostBasedAccess,
      "etc/sandbox/tls.crt": certificate,
      "etc/sandbox/tls.key": key,
    };
    await container.putArchive(await tarOf(files), { path: "/" });
  }

  /** Turns a server on, its firewall first, and waits until it answers. */
  async #on(id: string): Promise<void> {
    // 304: it runs already.
    await this.#container(id)
      .start()
      .catch((error: unknown) => {
        if (statusOf(error) !== 304) throw error;
      });
    await this.#filter(id, false);
    await runInside(this.#container(id), ["touch", `${powered}/power`], "");
    for (const end = Date.now() + startLimit * 1000; ; await sleep(100)) {
      try {
        await this.#sql(id, "");
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
        if (!(await this.#existing(id)).State.Running) throw new Error(`${id} ended: ${await this.#lastLine(id)}`);
      }
    }
  }

  /** Brings a running server's packet filter in line with the note. `used` says that it may hold what an earlier note said. */
  async #filter(id: string, used: boolean): Promise<void> {
    const { firewall } = await this.#notes.read(id);
    if (!used && firewall === undefined) return;
    await runErrand(this.#ground.engine, {
      image: this.#ground.image,
      command: ["sh", "-ec", `nft -f - <<'RULES'\n${cloudFirewall(firewall)}RULES`],
      labels: this.#ground.slot.label,
      host: { NetworkMode: `container:${nameIn(this.#ground.slot, id)}`, CapAdd: ["NET_ADMIN"] },
    });
  }

  /** Runs statements as the provider's superuser. @returns rows, a line each */
  async #sql(id: string, statements: string, database = "postgres"): Promise<string> {
    const port = (await this.#existing(id)).Config.Labels[portLabel];
    const where = `host=${powered} port=${port} user=postgres dbname=${quoteText(database)}`;
    const command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=terse", "-d", where];
    return runInside(this.#container(id), command, `${discreetly}${statements}\\q\n`);
  }

  async #lastLine(id: string): Promise<string> {
    const logs = (await this.#container(id).logs({ stdout: true, stderr: true, tail: 1 })) as Buffer;
    return logs.subarray(8).toString("utf8").trim();
  }

  #limits(size: ServerSize): Docker.HostConfig {
    const memory = size.memory * 1024 * 1024;
    return {
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.min(size.vcpus, this.#ground.engine.cpus) * 1e9,
    };
  }

  #container(id: string): Docker.Container {
    return this.#ground.engine.docker.getContainer(nameIn(this.#ground.slot, id));
  }

  #volume(id: string): Docker.Volume {
    return this.#ground.engine.docker.getVolume(nameIn(this.#ground.slot, id));
  }

  async #inspect(id: string): Promise<Docker.ContainerInspectInfo | undefined> {
    return ifThere(this.#container(id).inspect());
  }

  async #existing(id: string): Promise<Docker.ContainerInspectInfo> {
    const found = await this.#inspect(id);
    if (found === undefined) throw new Error(`there is no database server ${id}`);
    return found;
  }
}

/** A server answers whoever may reach it, and itself goes wherever it likes. */
function noteOf(sources: readonly string[] | undefined) {
  if (sources === undefined) return { extraAddresses: [] };
  const everywhere = ["0.0.0.0/0", "::/0"];
  const firewall: Firewall = {
    inbound: sources.length === 0 ? [] : [{ protocol: "tcp", ports: "all", networks: sources }],
    outbound: (["tcp", "udp"] as const).map((protocol) => ({ protocol, ports: "all", networks: everywhere })),
  };
  return { extraAddresses: [], firewall };
}
