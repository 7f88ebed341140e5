/** Where the engine keeps things on a host. */

/** Root of all state that must survive a restart. */
export const STATE = "/var/lib/slipway";
/** Locks; gone with a restart, as they should be. */
export const LOCKS = "/run/slipway";
/** The edge's configuration; read by Caddy at its start. */
export const CADDYFILE = "/etc/caddy/Caddyfile";
/** What stood at `CADDYFILE` before the first release; written once. */
export const CADDYFILE_BEFORE = "/etc/caddy/Caddyfile.before-slipway";
/** System user that Postgres's programs run as: it owns nothing and may nothing. */
export const PROGRAMS_USER = "slipway-postgres";
/** Servers of Postgres's for a moment; see `linux/scratch-server.ts`. */
export const SCRATCH = `${STATE}/scratch`;
/** Random key of this host's environment fingerprints, 0600. */
export const KEY = `${STATE}/key`;
/** What Docker keeps its images in. */
export const DOCKER = "/var/lib/docker";
/** While this file is there, a release waits before the step it names, for a minute at most: for rehearsals of what may go wrong. */
export const HOLD = `${LOCKS}/hold`;
/** One folder per app. */
export const APPS = `${STATE}/apps`;

/** What the edge reads at each request; see `doors.ts`. */
export const EDGE = `${STATE}/edge`;

/** Roots of private certificate authorities, for the edge; see `roots.ts`. */
export const ROOTS = `${STATE}/roots`;

/** The edge's log of requests, a file for each app, or for each host name that several share. */
export const EDGE_LOGS = "/var/log/caddy";

/** Accounts that the edge has with certificate authorities, a folder for each directory, named by its URL. */
export const ACCOUNTS = "/var/lib/caddy/.local/share/caddy/acme";

/** One folder per app that has, or had, a maintenance page; see `maintenance.ts`. */
export const MAINTENANCE = `${STATE}/maintenance`;

/** Volumes that the edge may read, a folder for each app; see `linux/shares.ts`. */
export const MEDIA = `${STATE}/media`;

/** Where the edge reads a volume of an app. */
export const mediaFolder = (app: string, volume: string) => `${MEDIA}/${app}/${volume}`;

/** Whom to tell of what, a file for each stack: 0600. */
export const NOTIFY_ORDERS = `${STATE}/notify/orders`;
/** What they were told already, likewise. */
export const NOTIFY_STATES = `${STATE}/notify/told`;
/** While this file is there, there is something to tell; systemd waits for it. */
export const NOTIFY_DUE = `${LOCKS}/notify.due`;
/** Held by who tells. */
export const NOTIFY_LOCK = `${LOCKS}/notify.lock`;

/** What operations that were cut off have begun, a file for each app; see `intent.ts`. Outside the apps' folders: it outlives their removal. */
export const INTENTS = `${STATE}/intents`;
/** @see INTENTS */
export const intentPath = (app: string) => `${INTENTS}/${app}.json`;
/** That `slipway setup` was begun on this host; see `setup.ts`. No app can have this name. */
export const SETUP_INTENT = `${INTENTS}/_setup`;

/** Paths of one app. */
export const appPaths = (app: string) => ({
  folder: `${APPS}/${app}`,
  /** The stack it belongs to; see `claim.ts`. */
  stack: `${APPS}/${app}/stack`,
  /** What that stack marks as its own; see `claim.ts`. */
  mark: `${APPS}/${app}/mark`,
  /** Which release serves; replaced at the switch. */
  live: `${APPS}/${app}/live.json`,
  /** Pointer and record of what serves once more, for when one of them can't be read; see `record.ts`. */
  serving: `${APPS}/${app}/serving.json`,
  /** One row per release ever tried, oldest first. */
  ledger: `${APPS}/${app}/ledger.jsonl`,
  releases: `${APPS}/${app}/releases`,
  /** The highest number that a release was ever given; see `numbers.ts`. */
  number: `${APPS}/${app}/number`,
  /** A dump of another app's database while it is copied; see `copy.ts`. */
  copy: `${APPS}/${app}/copy.dump`,
  /** Dumps of its database, `RELEASE.dump`: 0600. */
  snapshots: `${APPS}/${app}/snapshots`,
  /** One row per restore ever tried, oldest first. */
  restores: `${APPS}/${app}/restores.jsonl`,
  /** What is known of a move of its database that isn't over; see `steps/move.ts`. */
  move: `${APPS}/${app}/move.json`,
  /** Login to the registry of an app whose host follows tags: 0600. */
  login: `${APPS}/${app}/login.json`,
  /** Why its host doesn't follow tags for now; see `follow.ts`. */
  hold: `${APPS}/${app}/hold`,
  /** Since when the registry is asked in vain; see `unanswered.ts`. */
  unanswered: `${APPS}/${app}/unanswered.json`,
  /** What releases printed, `RELEASE.log`. */
  logs: `${APPS}/${app}/logs`,
  /** Doors of the edge. */
  edge: `${EDGE}/${app}`,
  /** The maintenance page; the edge answers with nothing else while it is there. Not among the doors, which releases open and close. */
  maintenance: `${MAINTENANCE}/${app}/page.html`,
  lock: `${LOCKS}/${app}.lock`,
});

/** Held while ports are given out and while the edge changes, so that two apps can be released side by side. */
export const HOST_LOCK = `${LOCKS}/host.lock`;

/** Paths of one release of one app. */
export const releasePaths = (app: string, release: number) => {
  const folder = `${APPS}/${app}/releases/${release}`;
  return {
    folder,
    /** What was asked for, without any secret value. */
    record: `${folder}/record.json`,
    /** Environment of every process, secrets included: 0600. */
    environment: `${folder}/env`,
    compose: `${folder}/compose.json`,
    /** Files of a process that the edge serves itself. */
    static: (process: string) => `${folder}/static/${process}`,
  };
};
