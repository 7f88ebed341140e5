import { isDeepStrictEqual } from "node:util";
import type Docker from "dockerode";
import { runInside } from "../databases/inside";
import { type Engine, ifThere, runErrand, statusOf } from "../engine";
import { nameIn, type Slot } from "../slot";
import { cloudFirewall } from "./cloudFirewall";
import { type Confinement, hostConfigOf } from "./confinement";
import { LoopDisks, placeScript, pullScript } from "./loopDisks";
import type { Capacity, Disk, Firewall, MachineImage, MachineOrder, Machines, Power } from "./machines";
import { type Note, Notes } from "./notes";
import { type Seed, seedFiles, tarOf } from "./seed";
import { shutDown, unlessOff } from "./shutDown";

/** What the machines of one sandbox stand on. */
export interface MachineGround {
  readonly engine: Engine;
  readonly slot: Slot;
  readonly images: Readonly<Record<MachineImage, string>>;
  readonly confinement: Confinement;
  /** @see Seed */
  readonly registries: Seed["registries"];
  /** Folder for what must be known when a machine is turned on again. */
  readonly notes: string;
}

/** Label that holds the id the cloud gave a machine. */
const idLabel = "slipway.machine";

/** Folders that must not lie on the container's own layered file system, since the machine's engine makes layers itself. */
const volumes = { docker: "/var/lib/docker", containerd: "/var/lib/containerd" };

/** PID 1 of a machine until it is let boot; see the machine's image. */
const gate = "/usr/local/lib/sandbox/power";

/** Exit code of a container whose init called reboot(2): the kernel ends it with this signal (pid_namespaces(7)). */
const restarted = 128 + 1;

/** Machines as system containers on a Docker engine. Calls for one machine follow one another. */
export class DockerMachines implements Machines {
  readonly #ground: MachineGround;
  readonly #notes: Notes;
  readonly #disks: LoopDisks;
  readonly #last = new Map<string, Promise<unknown>>();

  constructor(ground: MachineGround) {
    this.#ground = ground;
    this.#notes = new Notes(ground.notes);
    this.#disks = new LoopDisks(ground.engine, ground.slot, ground.images.bare);
  }

  create(order: MachineOrder): Promise<void> {
    return this.#inTurn(order.id, async () => {
      const found = await this.#inspect(order.id);
      // One that was never started may lack its seed: an earlier try ended half-way.
      if (found?.State.Status === "created") await this.#remove(order.id);
      if (found === undefined || found.State.Status === "created") await this.#make(order);
      await this.#on(order.id);
    });
  }

  destroy(id: string): Promise<void> {
    return this.#inTurn(id, () => this.#remove(id));
  }

  async power(id: string): Promise<Power> {
    const found = await this.#inspect(id);
    if (found === undefined) return "absent";
    return found.State.Running ? "on" : "off";
  }

  turnOn(id: string): Promise<void> {
    return this.#inTurn(id, () => this.#on(id));
  }

  turnOff(id: string, how: "graceful" | "hard"): Promise<void> {
    return this.#inTurn(id, async () => {
      const container = await this.#existing(id);
      if (how === "graceful") await shutDown(container);
      else await container.kill().catch(unlessOff);
    });
  }

  resize(id: string, capacity: Capacity): Promise<void> {
    return this.#inTurn(id, async () => {
      await (await this.#existing(id)).update(this.#limits(capacity));
    });
  }

  setFirewall(id: string, firewall: Firewall | undefined): Promise<void> {
    return this.#note(id, ({ firewall: _old, ...note }) => ({
      ...note,
      ...(firewall === undefined ? {} : { firewall }),
    }));
  }

  setExtraAddresses(id: string, addresses: readonly string[]): Promise<void> {
    return this.#note(id, (note) => ({ ...note, extraAddresses: [...addresses] }));
  }

  setDisks(id: string, disks: readonly Disk[]): Promise<void> {
    return this.#inTurn(id, async () => {
      const container = await this.#existing(id);
      const note = await this.#notes.read(id);
      const before = note.disks ?? [];
      if (isDeepStrictEqual(before, disks)) return;
      const gone = before.filter((old) => !disks.some((disk) => disk.id === old.id));
      const running = (await container.inspect()).State.Running;
      if (gone.length > 0) {
        if (running) await runInside(container, ["sh", "-e"], pullScript(gone.map(({ link }) => link)));
        await this.#disks.detach(gone.map((disk) => disk.id));
      }
      if (running) await this.#place(container, disks, before);
      // Noted only now: what failed is tried again by the next call.
      await this.#notes.write(id, { ...note, disks: [...disks] });
    });
  }

  deleteDisk(id: string): Promise<void> {
    return this.#disks.remove(id);
  }

  listDisks(): Promise<readonly string[]> {
    return this.#disks.list();
  }

  async list(): Promise<readonly string[]> {
    const containers = await this.#ground.engine.docker.listContainers({
      all: true,
      filters: { label: [...this.#labels(), idLabel] },
    });
    return containers.flatMap((container) => container.Labels[idLabel] ?? []).sort();
  }

  /** Ends what a daemon that was killed left half-done: machines that run but were never let boot. */
  async finishPowering(): Promise<void> {
    for (const id of await this.list()) {
      if ((await this.power(id)) !== "on") continue;
      const container = this.#ground.engine.docker.getContainer(nameIn(this.#ground.slot, id));
      const { Processes: processes = [] } = (await ifThere(container.top())) ?? {};
      if (processes.some((process: string[]) => process.some((field) => field.includes(gate)))) await this.turnOn(id);
    }
  }

  /**
   * Turns machines on again that rebooted from inside: a container that reboots only ends. Machines that were powered
   * off from inside stay off.
   * @returns ends the watch
   */
  async watchReboots(say: (line: string) => void): Promise<() => void> {
    let stream: NodeJS.ReadableStream | undefined;
    let ended = false;
    const follow = async (): Promise<void> => {
      stream = await this.#ground.engine.docker.getEvents({
        filters: { type: ["container"], event: ["die"], label: [...this.#labels(), idLabel] },
      });
      let rest = "";
      stream.on("data", (piece: Buffer) => {
        const lines = (rest + piece.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.trim()) this.#died(line, say);
      });
      const again = () => {
        if (!ended) setTimeout(() => void follow().catch(again), 1000).unref();
      };
      stream.once("close", again);
      stream.once("error", () => undefined);
    };
    await follow();
    return () => {
      ended = true;
      (stream as { destroy?: () => void } | undefined)?.destroy?.();
    };
  }

  #died(line: string, say: (line: string) => void): void {
    const event = JSON.parse(line) as { Actor?: { Attributes?: Record<string, string> } };
    const facts = event.Actor?.Attributes ?? {};
    const id = facts[idLabel];
    if (id === undefined || facts.exitCode !== String(restarted)) return;
    say(`${id} reboots`);
    this.turnOn(id).catch((error: unknown) =>
      say(`${id} did not come back from its reboot: ${(error as Error).message}`),
    );
  }

  async #make(order: MachineOrder): Promise<void> {
    const { engine, slot, images, confinement, registries } = this.#ground;
    const labels = { ...slot.label, [idLabel]: order.id };
    const host = hostConfigOf(confinement.mode);
    await this.#notes.forget(order.id);
    for (const part of Object.keys(volumes)) {
      await engine.docker.createVolume({ Name: nameIn(slot, `${order.id}-${part}`), Labels: labels });
    }
    const container = await engine.docker.createContainer({
      name: nameIn(slot, order.id),
      Image: images[order.image],
      Hostname: order.hostname,
      Labels: labels,
      // systemd asks this variable whether it runs in a container, and of which kind.
      Env: ["container=docker"],
      Entrypoint: [gate],
      // systemd refuses a machine of the first cgroup generation unless it is told that this is meant.
      Cmd: engine.cgroups === 1 ? ["systemd.unified_cgroup_hierarchy=0", "SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1"] : [],
      HostConfig: {
        ...host,
        ...this.#limits(order),
        NetworkMode: slot.network.name,
        Tmpfs: { "/run": "", "/run/lock": "", "/tmp": "exec" },
        Mounts: Object.entries(volumes).map(([part, target]) => ({
          Type: "volume" as const,
          Source: nameIn(slot, `${order.id}-${part}`),
          Target: target,
        })),
      },
      NetworkingConfig: {
        EndpointsConfig: { [slot.network.name]: { IPAMConfig: { IPv4Address: order.address } } },
      },
    });
    const seed = await tarOf(seedFiles({ order, registries, nameservers: [slot.dns.address] }));
    await container.putArchive(seed, { path: "/" });
    if (order.disks?.length) await this.#notes.write(order.id, { extraAddresses: [], disks: order.disks });
  }

  async #on(id: string): Promise<void> {
    const container = await this.#existing(id);
    // 304: it runs already.
    await container.start().catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
    const note = await this.#notes.read(id);
    await this.#putInPlace(id, note, false);
    await this.#place(container, note.disks ?? [], []);
    // Its PID 1 waits for this file before it becomes systemd. On a machine systemd shares the root's mounts with the services it
    // confines; in a container it leaves that to whoever made the container.
    const exec = await container.exec({ Cmd: ["sh", "-c", "mount --make-rshared /; touch /run/sandbox-power"] });
    // Its answer has no end; held open it would keep this process from ending.
    (await exec.start({ Detach: true })).destroy();
  }

  async #remove(id: string): Promise<void> {
    const { engine, slot } = this.#ground;
    await ifThere(engine.docker.getContainer(nameIn(slot, id)).remove({ force: true, v: true }));
    for (const part of Object.keys(volumes)) {
      await ifThere(engine.docker.getVolume(nameIn(slot, `${id}-${part}`)).remove());
    }
    await this.#disks.detach(((await this.#notes.read(id)).disks ?? []).map((disk) => disk.id));
    await this.#notes.forget(id);
  }

  /** Has the disks' devices in a running machine. */
  async #place(container: Docker.Container, disks: readonly Disk[], before: readonly Disk[]): Promise<void> {
    if (disks.length === 0) return;
    const script = placeScript(
      await this.#disks.attach(disks),
      before.map(({ link }) => link),
    );
    await runInside(container, ["sh", "-e"], script);
  }

  #note(id: string, change: (note: Note) => Note): Promise<void> {
    return this.#inTurn(id, async () => {
      const found = await this.#existing(id);
      const note = change(await this.#notes.read(id));
      await this.#notes.write(id, note);
      if ((await found.inspect()).State.Running) await this.#putInPlace(id, note, true);
    });
  }

  /** Brings a running machine's network in line with the note. `used` says that it may hold what an earlier note said. */
  async #putInPlace(id: string, note: Note, used: boolean): Promise<void> {
    const { engine, slot, images } = this.#ground;
    if (!used && note.firewall === undefined && note.extraAddresses.length === 0) return;
    await runErrand(engine, {
      image: images.bare,
      command: ["sh", "-ec", networkScript(note)],
      labels: slot.label,
      host: { NetworkMode: `container:${nameIn(slot, id)}`, CapAdd: ["NET_ADMIN"] },
    });
  }

  #limits(capacity: Capacity): Docker.HostConfig {
    const memory = capacity.memory * 1024 * 1024;
    // As much swap as memory means none beyond it.
    return {
      Memory: memory,
      MemorySwap: memory,
      NanoCpus: Math.min(capacity.vcpus, this.#ground.engine.cpus) * 1e9,
    };
  }

  #labels(): string[] {
    return Object.entries(this.#ground.slot.label).map(([name, value]) => `${name}=${value}`);
  }

  async #inspect(id: string): Promise<Docker.ContainerInspectInfo | undefined> {
    return ifThere(this.#ground.engine.docker.getContainer(nameIn(this.#ground.slot, id)).inspect());
  }

  async #existing(id: string): Promise<Docker.Container> {
    if ((await this.#inspect(id)) === undefined) throw new Error(`there is no machine ${id}`);
    return this.#ground.engine.docker.getContainer(nameIn(this.#ground.slot, id));
  }

  #inTurn<T>(id: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(id) ?? Promise.resolve()).then(work, work);
    this.#last.set(id, turn);
    const over = () => {
      if (this.#last.get(id) === turn) this.#last.delete(id);
    };
    turn.then(over, over);
    return turn;
  }
}

/** What is run inside a machine's network namespace: the cloud's packet filter, then its further addresses. */
export function networkScript(note: Note): string {
  return [
    `nft -f - <<'RULES'\n${cloudFirewall(note.firewall)}RULES`,
    // The label tells the cloud's further addresses from the first one.
    "ip address flush dev eth0 label eth0:cloud",
    ...note.extraAddresses.map((address) => `ip address add ${address}/32 dev eth0 label eth0:cloud`),
  ].join("\n");
}
