/** One attempt to make a manifest the live release of its app: what its steps share. */
import type { Container, Host } from "./host";
import type { Manifest } from "./manifest";
import type { Live, ReleaseRecord } from "./record";

/** See the file's head. */
export interface Attempt {
  readonly host: Host;
  /** The manifest as it came. */
  readonly asked: Manifest;
  /** The same with its images settled. */
  readonly manifest: Manifest;
  readonly release: number;
  /** The release that serves while this one is made; none before the first. */
  readonly live: ReleaseRecord | undefined;
  /** The pointer to it as it was found. */
  readonly before: Live | undefined;
  /** Who makes it: actor and CI run, one line. */
  readonly owner: string;
  /** Keyed fingerprint of the manifest's environment. */
  readonly environment: string;
  /** Processes that go on untouched, with the number of the release that started them; see `kept.ts`. */
  readonly kept: Readonly<Record<string, number>>;
  /** Prints a line for whoever watches; secrets in it are blotted out. */
  readonly say: (line: string) => void;
  /** The images on their way here. */
  readonly fetching: Fetching;
  /** Set by `layOut`. */
  record?: ReleaseRecord;
  /** Containers of this release, those that go on among them; set by `create`. */
  containers: readonly Container[];
  /** Containers of the old release that were stopped before their successors started. */
  handedOver?: readonly Container[];
  /** Whether the edge has visitors of a process wait for the new one. */
  waiting?: boolean;
  /** Whether the data was carried over to the database of this release. */
  moved?: boolean;
  /** Containers of the old release that were stopped for that. */
  stopped?: readonly Container[];
  /** Whether the release command has begun: from then on the old release lives with what it did to the database. */
  migrated?: boolean;
  /** Number under which the database was dumped before that, if it was. */
  snapshot?: number;
  /** What is wrong with the old release since then, if anything is. */
  oldIsUnfit?: string | undefined;
  /** Whether the edge has been let into volumes of this release. */
  shared?: boolean;
  /** Whether the edge leads to this release. */
  switched?: boolean;
  /** When the edge was given a new configuration for that, in milliseconds since 1970; it needed none where left out. */
  loaded?: number;
}

/** Images on their way to the host, ahead of the steps that wait for them. */
export interface Fetching {
  /** Whether there is room for them; resolves with a word on how that was made. */
  readonly guarded: Promise<string | undefined>;
  /** Resolves when they are all here, with a word if they were before. */
  readonly pulled: Promise<string | undefined>;
}

/** A step of a release. */
export interface Step {
  /** What people see and the ledger keeps. */
  readonly name: string;
  /** Whether this release needs it; always, where left out. */
  readonly applies?: (attempt: Attempt) => boolean;
  /** Whether it mostly waits and may be left as it stands; what it has begun is undone like the rest. */
  readonly waits?: boolean;
  /** Does it; resolves with a word on how it went, if there is one. Rejects with a `Failure`. */
  readonly run: (attempt: Attempt) => Promise<string | undefined>;
}

/** The record that `layOut` has made. */
export function recordOf(attempt: Attempt): ReleaseRecord {
  if (!attempt.record) throw new Error("the release has not been laid out yet");
  return attempt.record;
}

/** How the outside reaches an app, e.g. `https://shop.example.com`; one address for each route. */
export function addressesOf({ routes, tls }: Pick<Manifest, "routes" | "tls">): readonly string[] {
  return routes.map((route) => `${schemeOf(tls)}://${route.host}${route.path ?? ""}`);
}

/** The scheme under which the outside reaches an app. */
export function schemeOf(tls: Manifest["tls"]): "http" | "https" {
  return tls.mode === "off" ? "http" : "https";
}
