/**
 * Everything the engine does to the machine it runs on, as one small interface: files, containers, the edge, locks and
 * time. `linux/` does it for real; `memory.ts` keeps it in memory for the tests of the whole story.
 */

/** Text files of the host; paths are absolute. */
export interface Files {
  /** The text, or `undefined` where there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** Writes whole or not at all, with exactly this mode, and waits for the disk: it outlives a power cut. Makes the folders above it. */
  write(path: string, text: string, mode: number): Promise<void>;
  /** Makes the file with this text and mode, whole or not at all, unless it is there: of those who make it at once, one does. */
  create(path: string, text: string, mode: number): Promise<void>;
  /** Adds to the end of the file, which is its owner's alone, and waits for the disk. */
  append(path: string, text: string): Promise<void>;
  /** Leaves a file to its owner alone; nothing happens where there is none. */
  close(path: string): Promise<void>;
  /** Makes a symbolic link, in one go in place of what was there; makes the folders above it. */
  link(path: string, target: string): Promise<void>;
  /** Paths of all files and links in a folder and the folders in it, sorted; links are not followed. */
  walk(path: string): Promise<readonly string[]>;
  /** Names inside a folder, sorted; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
  /** Removes a file or a folder with all in it; nothing happens where there is none. */
  remove(path: string): Promise<void>;
}

/** A container as the engine lists it. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** What it was made from, as it was named then: for a release's own always by digest. */
  readonly image: string;
  /** Docker's names of the volumes, and paths of the host, that it may write. */
  readonly writes: readonly string[];
}

/** What part of a container's log is read. */
export interface LogOrder {
  /** How many of the last lines; all where left out. */
  readonly lines?: number;
  /** Whether those that are still to come are read as well, until the container ends. */
  readonly follow: boolean;
  /** Only what came at this moment or later, in milliseconds since 1970. */
  readonly since?: number;
}

/** How a container fares. */
export interface Condition {
  readonly status: "created" | "running" | "paused" | "restarting" | "removing" | "exited" | "dead";
  /** Of the run that is over; 0 as soon as Docker has started it again. */
  readonly exitCode: number;
  /** How often Docker started it again by itself. */
  readonly restarts: number;
  /** Result of the container's own health check, where it has one. */
  readonly health?: "starting" | "healthy" | "unhealthy";
  readonly outOfMemory: boolean;
}

/** An image that the host has. */
export interface Image {
  /** Id of its configuration, `sha256:…`. */
  readonly id: string;
  /** Names by digest, `registry/repository@sha256:…`. */
  readonly digests: readonly string[];
  /** Bytes on disk, unpacked. */
  readonly size: number;
}

/** What a registry says of a reference. */
export interface Resolved {
  /** The reference by digest. */
  readonly image: string;
  /** Platforms it can be had for, e.g. `linux/amd64`; empty where the registry doesn't say. */
  readonly platforms: readonly string[];
}

/** A command in a container of its own, beside those of a release. */
export interface OneOff {
  /** Folder of the release's `compose.json`. */
  readonly folder: string;
  readonly project: string;
  /** Service of the project it runs as. */
  readonly service: string;
  /** Instead of the service's own; empty: the service's own. */
  readonly command: readonly string[];
  /** Fills `${NAME}` in the project. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether it gets this process's terminal. */
  readonly terminal: boolean;
}

/** Login to a registry, handed to Docker with the one pull it is for. */
export interface Login {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

/** The host's container engine. Every method rejects with a `Failure` that carries Docker's own reason. */
export interface Docker {
  /**
   * Pulls an image by digest unless the host has it; resolves with whether it had to. `onBytes` is told, now and then, how many bytes
   * have come; if it throws, the pull is given up with what it threw.
   */
  pull(image: string, login?: Login, onBytes?: () => Promise<void>): Promise<boolean>;
  /** Asks the registry what a reference (tag or digest) stands for. */
  resolve(reference: string, login?: Login): Promise<Resolved>;
  /** The image of that name or digest, with the platform it is for; `undefined` where the host doesn't have it. */
  image(reference: string): Promise<(Image & { readonly platform: string }) | undefined>;
  /** Every image the host has. */
  images(): Promise<readonly Image[]>;
  /** Takes a name by digest off an image, and removes the image with its last name. Resolves with whether it went; not while a container uses it. */
  removeImage(reference: string): Promise<boolean>;
  /** The platform containers run on, e.g. `linux/amd64`. */
  platform(): Promise<string>;
  /** Makes a user-defined network of that name unless there is one. */
  network(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Makes a volume of that name unless there is one. */
  volume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Folder of the host in which a volume's files are. */
  volumePath(name: string): Promise<string>;
  removeNetwork(name: string): Promise<void>;
  /** Removes every volume with that label and resolves with their names. */
  removeVolumes(label: string): Promise<readonly string[]>;
  /** What compose makes of `folder/compose.json`, each service in it, once `environment` has filled `${NAME}` and nothing is created: parsed JSON. */
  render(folder: string, project: string, environment: Readonly<Record<string, string>>): Promise<unknown>;
  /** Has compose make, not start, the containers of `folder/compose.json`; `environment` fills `${NAME}` in it. */
  create(folder: string, project: string, environment: Readonly<Record<string, string>>): Promise<void>;
  /** Containers with that label (`name` or `name=value`), running or not, sorted by name. */
  containers(label: string): Promise<readonly Container[]>;
  condition(id: string): Promise<Condition>;
  /** What a container that Docker has started again ended with before; undefined where Docker has forgotten. */
  lastExitCode(id: string): Promise<number | undefined>;
  start(id: string): Promise<void>;
  /** SIGTERM (or the image's own stop signal), then SIGKILL after `seconds`. */
  stop(id: string, seconds: number): Promise<void>;
  /** Kills and removes a container with its anonymous volumes; never a named one. Nothing happens where there is none. */
  remove(id: string): Promise<void>;
  /** Starts a container and follows its output line by line until it ends; resolves with the exit code. */
  runToEnd(id: string, seconds: number, onLine: (line: string) => void): Promise<number>;
  /** Reads what a container wrote, standard output and error together. `at` is when a line came, ISO 8601 in nanoseconds, where Docker says. */
  readLines(id: string, order: LogOrder, onLine: (line: string, at?: string) => void): Promise<void>;
  /** Runs a command in a new container, with this process's standard streams; resolves with its exit code. The container goes with its end. */
  runOneOff(order: OneOff): Promise<number>;
  /**
   * Copies a folder of a container's file system to `to`: regular files and folders, readable for everyone, and what links in it lead to.
   * Rejects, with nothing left, where anything else is in it, a link leads out of it, or `onBytes`, which hears of each file's size before
   * that is written, throws.
   */
  copyOut(id: string, from: string, to: string, onBytes?: (bytes: number) => Promise<void>): Promise<void>;
}

/** The edge, i.e. the web server in front of all apps. */
export interface Edge {
  /**
   * Checks a configuration and changes over to it without losing a request; rejects with a `Failure`, old one intact. `anew`: also if it
   * is its own already, which makes it try at once what it waits to try again.
   */
  load(configuration: string, anew?: boolean): Promise<void>;
  /** What it shows a visitor of that name; `undefined` where it has none. Rejects where it doesn't answer. */
  certificate(name: string): Promise<Certificate | undefined>;
  /** For each name whose certificate it last failed to get or renew: when, and why in the words it was given. */
  refusals(): Promise<ReadonlyMap<string, Refusal>>;
}

/** A certificate as visitors see it; times in milliseconds since 1970. */
export interface Certificate {
  /** Common name of who issued it. */
  readonly issuer: string;
  readonly from: number;
  readonly until: number;
}

/** @see Edge.refusals */
export interface Refusal {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string;
}

/** What the world knows of this host and how far it reaches. */
export interface Outside {
  /** The addresses a name leads to, IPv4 and IPv6; none where there is no such record. Rejects with the reason if no name server says. */
  lookup(name: string): Promise<readonly string[]>;
  /** Every address of this host that the world might know it by; the one it speaks from first. */
  addresses(): Promise<readonly string[]>;
  /** Connects to the server of a URL and hangs up; rejects with the reason if it can't. */
  reach(url: string): Promise<void>;
}

/** Volumes that the edge may read. */
export interface Shares {
  /**
   * Lets the edge read exactly these volumes of an app, by the name of their folder (see `mediaFolder`): Docker's name for each. Resolves
   * with whether it was otherwise.
   */
  set(app: string, volumes: Readonly<Record<string, string>>): Promise<boolean>;
}

/** Whether a dump can be read back, and why not. */
export interface ReadBack {
  readonly result: "ok" | "failed" | "not tried";
  readonly reason?: string | undefined;
}

/** How a dump is read back. */
export interface RestoreOptions {
  /** Role whose objects are read back. @default the role that reads */
  readonly owner?: string | undefined;
  /** SQL that belongs to the same transaction: nobody ever sees the data without it. */
  readonly after?: string | undefined;
  /** What the owner found without naming a schema; beside it what the role finds is found. */
  readonly searchPath?: string | undefined;
}

/** The app's Postgres, by URL. Every method rejects with a `Failure` in Postgres's own words, without the password. */
export interface Database {
  /** Bytes on disk, 0 without a table in it. Rejects where the database can't be reached. */
  size(url: string): Promise<number>;
  /** Writes a dump (`pg_dump -Fc`) to `path`, mode 0600, whole or not at all and never over another; resolves with its size in bytes. */
  dump(url: string, path: string): Promise<number>;
  /** Who the role is, and what it finds without naming a schema, as the text of a search path in which its own name is said out. */
  role(url: string): Promise<{ readonly role: string; readonly searchPath: string }>;
  /**
   * Replaces everything the role owns in the database by what a dump holds of its owner, in one transaction; other sessions of the role are
   * ended first.
   */
  restore(url: string, path: string, options?: RestoreOptions): Promise<void>;
  /**
   * Tries on a server of its own whether a dump can be read back, as `restore` would for the role it was made by. Rejects where there is no
   * such server to be had.
   */
  readBack(path: string, made: { readonly role: string; readonly searchPath?: string | undefined }): Promise<ReadBack>;
  /** Rows of each table (`table schema.name`) and state of each sequence (`sequence schema.name`), but for those of extensions. */
  counts(url: string): Promise<Readonly<Record<string, string>>>;
  /** Takes the advisory lock of that name, held until `free` or the end of this process; rejects if it was not free within `wait` seconds. */
  lock(url: string, name: string, wait: number): Promise<Lock>;
}

/** The host's timers (systemd). */
export interface Timers {
  /** Names of the timers an app has, sorted. */
  list(app: string): Promise<readonly string[]>;
  /** Names of those that systemd doesn't run, sorted. */
  idle(app: string): Promise<readonly string[]>;
  /**
   * Makes an app's timers be exactly these, by name (`a-z`, digits, hyphens, underscores), and resolves with whether they were otherwise.
   * What one of them has started already runs on.
   */
  set(app: string, timers: Readonly<Record<string, Timer>>): Promise<boolean>;
}

/** See `Timers`. What it starts never runs twice at once; a time that comes while it runs, or while the host is off, is let go. */
export interface Timer {
  /** `OnCalendar` expressions; it fires at each of them. */
  readonly calendars?: readonly string[];
  /** Seconds from the end of a run to the start of the next. */
  readonly every?: number;
  /** Arguments of `slipway`. */
  readonly argv: readonly string[];
}

/** What systemd says of a unit, in its own words (`systemctl show`). */
export interface UnitState {
  /** `loaded`, `not-found`, `masked`, … */
  readonly load: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly active: string;
  /** `enabled`, `disabled`, `static`, `masked-runtime`, …; empty where it has no file. */
  readonly file: string;
  /** Whether the conditions of its last start were met; a machine that is a container meets not all. */
  readonly condition: boolean;
}

/** Whom a service is asked as. */
export type Question = "edge" | "docker" | "containerd" | "postgres" | "ssh" | "firewall" | "media";

/** The services that a host lives by, see `services.ts`. */
export interface Services {
  /** What systemd says of these units, in their order. */
  states(units: readonly string[]): Promise<readonly UnitState[]>;
  /** Asks the process behind a unit whatever it answers first; rejects with the reason if it doesn't within seconds. */
  ask(question: Question, unit: string): Promise<void>;
  /** Starts a unit, `anew`: also where it runs already, `unmask`: also where it was held off. Rejects with the reason if it can't be. */
  start(unit: string, options: { readonly anew: boolean; readonly unmask: boolean }): Promise<void>;
}

/** A request of the health check, from the host to a published port. */
export interface Probe {
  readonly port: number;
  readonly path: string;
  /** Value of the Host header. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Limit in milliseconds. */
  readonly limit: number;
}

/** Held until `free` is called or this process ends, however it ends. */
export interface Lock {
  /** Rejects when the lock was lost, e.g. because someone killed its keeper; never resolves. */
  readonly lost: Promise<never>;
  free(): Promise<void>;
}

/** What a lock is asked with. */
export interface LockRequest {
  readonly path: string;
  /** How long to wait for another holder, in seconds. */
  readonly wait: number;
  /** Who asks; others read it while they wait. One line. */
  readonly owner: string;
  /** Called once if another holds it, with that one's `owner`. */
  readonly onWait: (owner: string) => void;
}

/** See the file's head. */
export interface Host {
  readonly files: Files;
  readonly docker: Docker;
  readonly edge: Edge;
  readonly outside: Outside;
  readonly shares: Shares;
  readonly database: Database;
  readonly timers: Timers;
  readonly services: Services;
  /** Has a command of the engine's run for an app, at its leisure and apart from this process; once at a time. */
  inBackground(command: string, app: string): Promise<void>;
  /** Bytes that are free on the file system of a folder, and its size. */
  disk(path: string): Promise<{ readonly free: number; readonly size: number }>;
  /** What this machine calls itself, and the bytes of its memory; `free` is what processes could still have. */
  machine(): Promise<{ readonly name: string; readonly memory: { readonly free: number; readonly size: number } }>;
  /** Takes a kernel-held lock; rejects with a `Failure` that names the holder when the wait is over. */
  lock(request: LockRequest): Promise<Lock>;
  /** Status of the answer; rejects with the reason where there was none. */
  probe(probe: Probe): Promise<number>;
  /** Resolves when something takes a TCP connection to this port of the loopback address and keeps it; rejects with the reason if not. */
  connect(port: number, limit: number): Promise<void>;
  /** Whether nothing listens on this port of the loopback address. */
  portFree(port: number): Promise<boolean>;
  /** TCP connections that are open to this port of the loopback address. */
  connections(port: number): Promise<number>;
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
  /** 64 hexadecimal digits nobody can guess. */
  random(): string;
}
