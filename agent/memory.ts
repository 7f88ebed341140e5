/** A host in memory, for tests of the whole story: every effect can be made to fail, and the engine can be killed before any of them. */
import { Failure } from "./failure";
import type {
  Certificate,
  Condition,
  Container,
  Database,
  Docker,
  Edge,
  Files,
  Host,
  LockRequest,
  Outside,
  Probe,
  Refusal,
  Services,
  Shares,
  Timer,
  Timers,
  UnitState,
} from "./host";
import { EDGE } from "./paths";

/** What the processes of an image do. */
export interface Behaviour {
  /** Ends with this exit code right after its start. */
  readonly crash?: number;
  /** Status its health path answers with; 200 where left out. */
  readonly answers?: number;
  /** What its release command ends with; 0 where left out. */
  readonly releaseCode?: number;
  /** What it writes to its log. */
  readonly lines?: readonly string[];
  /** Ends, with exit code 1, this many milliseconds after its start. */
  readonly dies?: number;
  /** Bytes; 100 MB where left out. */
  readonly size?: number;
  /** Platform it is for; the host's own where left out. */
  readonly platform?: string;
}

/** A database of the host in memory, by URL. */
export interface MemoryDatabase {
  /** Bytes. */
  size: number;
  /** What is in it; a dump holds a copy. */
  content: string;
  /** Why it can't be reached. */
  down?: string;
  /** Names of advisory locks held by others. */
  readonly locked: Set<string>;
  /** Why every lock is lost once it is had. */
  loses?: string;
  /** What its role finds without naming a schema. @default public */
  searchPath?: string;
  /** What was to be found while a dump was read back into it. */
  found?: string | undefined;
}

/** Platform of the host in memory. */
const PLATFORM = "linux/amd64";
/** Its address, and where every name leads that says nothing else. */
const ADDRESS = "203.0.113.7";
/** Milliseconds. */
const DAY = 86_400_000;
/** Bytes of an image that says nothing else. */
const SIZE = 100e6;

/** A container of the host in memory. */
export interface MemoryContainer extends Container {
  running: boolean;
  readonly port: number | undefined;
  exitCode: number;
  started: boolean;
  /** When it was last started, in milliseconds since 1970. */
  since: number;
  /** Whether it was stopped on purpose. */
  stopped: boolean;
}

/** See the file's head. */
export class MemoryHost implements Host {
  readonly texts = new Map<string, { text: string; mode: number }>();
  readonly links = new Map<string, string>();
  readonly images = new Map<string, Behaviour>();
  readonly present = new Set<string>();
  readonly networks = new Set<string>();
  readonly volumes = new Set<string>();
  /** What tags stand for at the registry. */
  readonly tags = new Map<string, string>();
  readonly databases = new Map<string, MemoryDatabase>();
  readonly timersOf = new Map<string, Readonly<Record<string, Timer>>>();
  /** Timers that systemd doesn't run, by app. */
  readonly idleTimers = new Map<string, readonly string[]>();
  /** Volumes of each app that the edge may read. */
  readonly sharesOf = new Map<string, Readonly<Record<string, string>>>();
  /** Units that are otherwise than enabled and active; `answers`: whether what is behind one answers. */
  readonly units = new Map<string, Partial<UnitState> & { readonly answers?: boolean }>();
  /** Free bytes of the disk. */
  free = 50e9;
  all: MemoryContainer[] = [];
  /** What the edge was last configured with. */
  configuration: string | undefined;
  /** Certificates of names that have another than the usual one, or none. */
  readonly certificates = new Map<string, Certificate | undefined>();
  /** Why certificates could not be had. */
  readonly refused = new Map<string, Refusal>();
  /** Addresses of names that lead elsewhere than here, or nowhere. */
  readonly leads = new Map<string, readonly string[]>();
  /** Called when the edge is given a configuration anew. */
  onAnew: () => void = () => {};
  /** Every effect so far, by name. */
  readonly effects: string[] = [];
  /** Effects that fail, by the start of their name, and why. */
  readonly broken = new Map<string, string>();
  /** What compose fills in for a text in a project. */
  readonly fills = new Map<string, string>();
  /** Called before each effect. */
  onEffect: (name: string) => void = () => {};
  /** The engine is killed before this many more effects; never, where left out. */
  killAfter: number | undefined;
  /** Milliseconds since 1970, by its clock. */
  time = Date.UTC(2026, 0, 1);
  private readonly locks = new Set<string>();

  readonly files: Files = {
    read: async (path) => {
      this.effect(`files.read ${path}`);
      return this.texts.get(path)?.text;
    },
    write: async (path, text, mode) => {
      this.effect(`files.write ${path}`);
      this.texts.set(path, { text, mode });
    },
    create: async (path, text, mode) => {
      this.effect(`files.create ${path}`);
      if (!this.texts.has(path)) this.texts.set(path, { text, mode });
    },
    append: async (path, text) => {
      this.effect(`files.append ${path}`);
      this.texts.set(path, { text: (this.texts.get(path)?.text ?? "") + text, mode: 0o600 });
    },
    close: async (path) => {
      this.effect(`files.close ${path}`);
      const file = this.texts.get(path);
      if (file) this.texts.set(path, { ...file, mode: 0o600 });
    },
    link: async (path, target) => {
      this.effect(`files.link ${path}`);
      this.links.set(path, target);
    },
    walk: async (path) => {
      this.effect(`files.walk ${path}`);
      return this.paths().filter((other) => other.startsWith(`${path}/`));
    },
    list: async (path) => {
      this.effect(`files.list ${path}`);
      const inside = this.paths().filter((other) => other.startsWith(`${path}/`));
      return [...new Set(inside.map((other) => other.slice(path.length + 1).split("/")[0] ?? ""))];
    },
    remove: async (path) => {
      this.effect(`files.remove ${path}`);
      for (const other of this.paths()) {
        if (other !== path && !other.startsWith(`${path}/`)) continue;
        this.texts.delete(other);
        this.links.delete(other);
      }
    },
  };

  readonly docker: Docker = {
    pull: async (image, _login, onBytes) => {
      this.effect(`docker.pull ${image}`);
      if (this.present.has(image)) return false;
      const behaviour = this.images.get(image);
      if (!behaviour) throw new Failure(`${image}: not found`);
      this.free -= behaviour.size ?? SIZE;
      await onBytes?.();
      this.present.add(image);
      return true;
    },
    resolve: async (reference) => {
      this.effect(`docker.resolve ${reference}`);
      const image = this.tags.get(reference) ?? reference;
      const behaviour = this.images.get(image);
      if (!behaviour) throw new Failure(`${reference}: not found`);
      return { image, platforms: [behaviour.platform ?? PLATFORM] };
    },
    image: async (reference) => {
      this.effect(`docker.image ${reference}`);
      if (!this.present.has(reference)) return undefined;
      const { size = SIZE, platform = PLATFORM } = this.images.get(reference) ?? {};
      return { id: reference, digests: [reference], size, platform };
    },
    images: async () => {
      this.effect("docker.images");
      return [...this.present].map((image) => ({
        id: image,
        digests: [image],
        size: this.images.get(image)?.size ?? SIZE,
      }));
    },
    removeImage: async (reference) => {
      this.effect(`docker.removeImage ${reference}`);
      if (this.all.some(({ image }) => image === reference)) return false;
      return this.present.delete(reference);
    },
    platform: async () => {
      this.effect("docker.platform");
      return PLATFORM;
    },
    network: async (name) => {
      this.effect(`docker.network ${name}`);
      this.networks.add(name);
    },
    volume: async (name) => {
      this.effect(`docker.volume ${name}`);
      this.volumes.add(name);
    },
    volumePath: async (name) => `/volumes/${name}`,
    removeNetwork: async (name) => {
      this.effect(`docker.removeNetwork ${name}`);
      this.networks.delete(name);
    },
    removeVolumes: async () => {
      this.effect("docker.removeVolumes");
      const names = [...this.volumes];
      this.volumes.clear();
      return names;
    },
    render: async (folder, project) => {
      this.effect(`docker.render ${project}`);
      const text = this.texts.get(`${folder}/compose.json`)?.text ?? '{"services":{}}';
      return JSON.parse([...this.fills].reduce((filled, [what, by]) => filled.replaceAll(what, by), text));
    },
    create: async (folder, project) => {
      this.effect(`docker.create ${project}`);
      const { services, volumes: named = {} } = JSON.parse(this.texts.get(`${folder}/compose.json`)?.text ?? "{}") as {
        services: Record<
          string,
          { image: string; labels: Record<string, string>; ports?: string[]; profiles?: string[]; volumes?: string[] }
        >;
        volumes?: Record<string, { name: string }>;
      };
      for (const [service, { image, labels, ports, profiles, volumes = [] }] of Object.entries(services)) {
        if (profiles !== undefined) continue;
        const name = `${project}-${service}-1`;
        const port = ports?.[0] === undefined ? undefined : Number(ports[0].split(":")[1]);
        this.all.push({
          id: name,
          name,
          labels,
          image,
          port,
          writes: volumes.flatMap((entry) => {
            const [source = "", , mode] = entry.split(":");
            return mode === "ro" ? [] : [named[source]?.name ?? source];
          }),
          running: false,
          exitCode: 0,
          started: false,
          since: 0,
          stopped: false,
        });
      }
    },
    containers: async (label) => {
      this.effect(`docker.containers ${label}`);
      const [key = "", value] = label.split("=");
      return this.all
        .filter(({ labels }) => (value === undefined ? key in labels : labels[key] === value))
        .map((one) => ({ ...one }));
    },
    condition: async (id): Promise<Condition> => {
      this.effect(`docker.condition ${id}`);
      const { running, started, stopped, exitCode } = this.container(id);
      const status = running ? "running" : stopped ? "exited" : started ? "restarting" : "created";
      return { status, exitCode, restarts: status === "restarting" ? 1 : 0, outOfMemory: false };
    },
    lastExitCode: async (id) => {
      this.effect(`docker.lastExitCode ${id}`);
      return this.behaviour(this.container(id)).crash;
    },
    start: async (id) => {
      this.effect(`docker.start ${id}`);
      const container = this.container(id);
      const crash = this.behaviour(container).crash;
      container.started = true;
      container.stopped = false;
      container.since = this.time;
      container.running = crash === undefined;
      container.exitCode = crash ?? 0;
    },
    stop: async (id) => {
      this.effect(`docker.stop ${id}`);
      const container = this.container(id);
      container.running = false;
      container.stopped = true;
    },
    remove: async (id) => {
      this.effect(`docker.remove ${id}`);
      this.all = this.all.filter((container) => container.id !== id);
    },
    runToEnd: async (id, _seconds, onLine) => {
      this.effect(`docker.runToEnd ${id}`);
      const { lines = [], releaseCode = 0 } = this.behaviour(this.container(id));
      for (const line of lines) onLine(line);
      return releaseCode;
    },
    readLines: async (id, _options, onLine) => {
      this.effect(`docker.readLines ${id}`);
      for (const line of this.behaviour(this.container(id)).lines ?? []) onLine(line);
    },
    runOneOff: async ({ project, service, command }) => {
      this.effect(`docker.runOneOff ${project} ${service} ${command.join(" ")}`.trimEnd());
      return 0;
    },
    copyOut: async (id, from, to) => {
      this.effect(`docker.copyOut ${id}`);
      this.texts.set(`${to}/site.css`, { text: `${id}:${from}`, mode: 0o644 });
    },
  };

  readonly edge: Edge = {
    load: async (configuration, anew) => {
      this.effect(anew ? "edge.load anew" : "edge.load");
      this.configuration = configuration;
      if (anew) this.onAnew();
    },
    certificate: async (name) => {
      this.effect(`edge.certificate ${name}`);
      if (this.certificates.has(name)) return this.certificates.get(name);
      return { issuer: "Test Authority", from: this.time - 30 * DAY, until: this.time + 60 * DAY };
    },
    refusals: async () => {
      this.effect("edge.refusals");
      return this.refused;
    },
  };

  readonly outside: Outside = {
    lookup: async (name) => {
      this.effect(`outside.lookup ${name}`);
      return this.leads.get(name) ?? [ADDRESS];
    },
    addresses: async () => {
      this.effect("outside.addresses");
      return [ADDRESS];
    },
    reach: async (url) => {
      this.effect(`outside.reach ${url}`);
    },
  };

  readonly shares: Shares = {
    set: async (app, volumes) => {
      this.effect(`shares.set ${app} ${Object.keys(volumes).join(" ")}`.trimEnd());
      const differs = JSON.stringify(this.sharesOf.get(app) ?? {}) !== JSON.stringify(volumes);
      this.sharesOf.set(app, volumes);
      return differs;
    },
  };

  readonly database: Database = {
    size: async (url) => {
      this.effect("database.size");
      return this.databaseAt(url).size;
    },
    dump: async (url, path) => {
      this.effect(`database.dump ${path}`);
      const { content, size } = this.databaseAt(url);
      if (this.texts.has(path)) throw new Failure(`${path} is there already`);
      this.texts.set(path, { text: content, mode: 0o600 });
      return size;
    },
    role: async (url) => {
      this.effect("database.role");
      return { role: "app", searchPath: this.databaseAt(url).searchPath ?? "public" };
    },
    readBack: async (path) => {
      this.effect(`database.readBack ${path}`);
      const text = this.texts.get(path)?.text;
      return text?.startsWith("unreadable") ? { result: "failed", reason: text } : { result: "ok" };
    },
    restore: async (url, path, { after = "", searchPath } = {}) => {
      this.effect(`database.restore ${path}`);
      const text = this.texts.get(path)?.text;
      if (text === undefined) throw new Failure(`there is no ${path}`);
      const { size } = this.databaseAt(url);
      Object.assign(this.databaseAt(url), { content: `${text}${after}`, size: Math.max(1, size), found: searchPath });
    },
    counts: async (url) => {
      this.effect("database.counts");
      const { content } = this.databaseAt(url);
      return content === "" ? {} : { "table public.one": String(content.length) };
    },
    lock: async (url, name) => {
      this.effect(`database.lock ${name}`);
      const { locked, loses } = this.databaseAt(url);
      if (locked.has(name)) throw new Failure(`another holds the lock ${name}`);
      locked.add(name);
      const lost = loses === undefined ? new Promise<never>(() => {}) : Promise.reject(new Failure(loses));
      lost.catch(() => {});
      return {
        lost,
        free: async () => {
          locked.delete(name);
        },
      };
    },
  };

  readonly timers: Timers = {
    list: async (app) => {
      this.effect(`timers.list ${app}`);
      return Object.keys(this.timersOf.get(app) ?? {}).sort();
    },
    idle: async (app) => {
      this.effect(`timers.idle ${app}`);
      return this.idleTimers.get(app) ?? [];
    },
    set: async (app, timers) => {
      this.effect(`timers.set ${app} ${Object.keys(timers).sort().join(" ")}`.trimEnd());
      const differs = JSON.stringify(this.timersOf.get(app) ?? {}) !== JSON.stringify(timers);
      this.timersOf.set(app, timers);
      return differs;
    },
  };

  readonly services: Services = {
    states: async (units) => {
      this.effect("services.states");
      return units.map((unit) => ({
        load: "loaded",
        active: "active",
        file: "enabled",
        condition: true,
        ...this.units.get(unit),
      }));
    },
    ask: async (question, unit) => {
      this.effect(`services.ask ${question}`);
      const { active = "active", answers = true } = this.units.get(unit) ?? {};
      if (active !== "active") throw new Failure("connection refused");
      if (!answers) throw new Failure("no answer within 5 s");
    },
    start: async (unit, { anew, unmask }) => {
      this.effect(`services.start ${unit}${anew ? " anew" : ""}${unmask ? " unmasked" : ""}`);
      this.units.delete(unit);
    },
  };

  async inBackground(command: string, app: string) {
    this.effect(`background ${command} ${app}`);
  }

  async machine() {
    this.effect("machine");
    return { name: "host-1", memory: { free: 1.5e9, size: 2e9 } };
  }

  async disk() {
    this.effect("disk");
    return { free: this.free, size: 100e9 };
  }

  async lock({ path, owner }: LockRequest) {
    this.effect(`lock ${path}`);
    if (this.locks.has(path)) throw new Failure(`${path} is held`);
    this.locks.add(path);
    this.texts.set(path, { text: owner, mode: 0o644 });
    return {
      lost: new Promise<never>(() => {}),
      free: async () => {
        this.locks.delete(path);
      },
    };
  }

  async probe({ port }: Probe): Promise<number> {
    this.effect(`probe ${port}`);
    const container = this.all.find((one) => one.port === port && one.running);
    if (!container) throw new Error("connection refused");
    return this.behaviour(container).answers ?? 200;
  }

  async connect(port: number): Promise<void> {
    this.effect(`connect ${port}`);
    if (!this.all.some((one) => one.port === port && one.running)) throw new Error("connection refused");
  }

  async portFree(port: number): Promise<boolean> {
    this.effect(`portFree ${port}`);
    return !this.all.some((container) => container.port === port);
  }

  async connections(port: number): Promise<number> {
    this.effect(`connections ${port}`);
    return 0;
  }

  now(): number {
    return this.time;
  }

  async sleep(milliseconds: number): Promise<void> {
    this.effect("sleep");
    this.time += milliseconds;
    for (const container of this.all) {
      const { dies } = this.behaviour(container);
      if (!container.running || dies === undefined || this.time < container.since + dies) continue;
      container.running = false;
      container.exitCode = 1;
    }
  }

  random(): string {
    return "0123456789abcdef".repeat(4);
  }

  /** The release that answers requests for a process: the one behind the first door, if its container runs. */
  serving(app: string, process: string): string | undefined {
    const [door] = [...this.texts.keys()].filter((path) => path.startsWith(`${EDGE}/${app}/ports/${process}/`)).sort();
    const port = Number(/-(\d+)\.ports$/.exec(door ?? "")?.[1]);
    return this.all.find((container) => container.port === port && container.running)?.labels["slipway.release"];
  }

  /** What a kill leaves: all state, no locks, and an engine that can run again. */
  revive(): void {
    this.killAfter = undefined;
    this.locks.clear();
    for (const { locked } of this.databases.values()) locked.clear();
  }

  private paths(): string[] {
    return [...this.texts.keys(), ...this.links.keys()].sort();
  }

  private container(id: string): MemoryContainer {
    const found = this.all.find((container) => container.id === id);
    if (!found) throw new Failure(`no such container: ${id}`);
    return found;
  }

  private databaseAt(url: string): MemoryDatabase {
    const found = this.databases.get(url);
    if (!found) throw new Failure("the database can't be reached: no such server");
    if (found.down !== undefined) throw new Failure(`the database can't be reached: ${found.down}`);
    return found;
  }

  private behaviour({ image }: MemoryContainer): Behaviour {
    return this.images.get(image) ?? {};
  }

  private effect(name: string): void {
    // A killed engine does nothing any more, not even tidy up after itself.
    if (this.killAfter !== undefined && this.killAfter-- <= 0) throw new Error("killed");
    this.onEffect(name);
    this.effects.push(name);
    for (const [start, why] of this.broken) if (name.startsWith(start)) throw new Failure(why);
  }
}
