/** Where an app's database is, as its stack chose it: plain data, checked. */

/** What a managed cluster is made from. */
export interface ClusterChoice {
  /** Size slug of the provider, e.g. `db-s-1vcpu-1gb`. */
  readonly size: string;
  /** Major version of Postgres. */
  readonly version: string;
  /** Region slug; the host's own where left out. */
  readonly region?: string | undefined;
  /** Nodes that stand by. */
  readonly standby: number;
  /** When the provider may work on it: a day in lower case and an hour, UTC. */
  readonly maintenance?: { readonly day: string; readonly hour: number } | undefined;
}

/** A place for an app's database. */
export type DatabaseChoice =
  /** Postgres installed on the app's machine. */
  | {
      readonly mode: "host";
      /** How many connections its role may have; a share of the server's where left out. */
      readonly connections?: number | undefined;
    }
  /** A cluster of the cloud's: the stack's, for all of its apps, or one for this app alone. */
  | { readonly mode: "managed"; readonly owner: "stack" | "app"; readonly cluster: ClusterChoice }
  /** A container of the app's own on its machine. */
  | { readonly mode: "container"; readonly image: string }
  /** A server that somebody else looks after. */
  | {
      readonly mode: "external";
      /** With its password. */
      readonly url: string;
      /** Certificate (PEM) of the authority that vouches for the server, where it is a private one. */
      readonly authority?: string | undefined;
    };

/** Parts of a database's address that a variable may hold. */
export const databaseParts = ["host", "port", "name", "user", "password", "url", "ca"] as const;
/** @see databaseParts */
export type DatabasePart = (typeof databaseParts)[number];

/** An app's database: where it is, and where its data still is while it moves. */
export interface DatabasePlan {
  readonly at: DatabaseChoice;
  /** The place it is carried over from, which stays as long as this stands. `none`: what was there before may go. */
  readonly from?: DatabaseChoice | "none" | undefined;
  /** Further variables of the processes, and what they hold. */
  readonly variables: Readonly<Record<string, DatabasePart>>;
}

/** What a cluster is called, the stack's or one app's own. @param stack name of the stack's own resources, e.g. `slipway-dev` */
export function clusterName(stack: string, app: string, owner: "stack" | "app"): string {
  return owner === "stack" ? stack : `${stack}-${app}`;
}

/** A few words that tell places apart in which one app's data may be; a stack remembers them from one run to the next. */
export function placeOf(choice: DatabaseChoice): string {
  if (choice.mode !== "managed") return choice.mode;
  return choice.owner === "stack" ? "managed" : "managed for the app alone";
}
