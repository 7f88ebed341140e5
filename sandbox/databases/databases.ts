import type { Capacity, Power } from "../machines/machines";

/** Who may log in to a server. */
export interface Role {
  readonly name: string;
  readonly password: string;
  /** May it follow the server's changes as a replica does? */
  readonly replication: boolean;
}

/** What a server has of its computer, and how many sessions it takes. */
export interface ServerSize extends Capacity {
  /** Sessions at most; three of them are kept for the provider (`superuser_reserved_connections`). */
  readonly connections: number;
}

/** What a size or plan of either cloud gives its server: 25 sessions for each GiB of memory, three of them the provider's. */
export function serverSizeOf({ memory, vcpus }: Capacity): ServerSize {
  return { memory, vcpus, connections: (memory / 1024) * 25 };
}

/** A Postgres server as the cloud orders it. */
export interface ServerOrder extends ServerSize {
  /** The cloud's own name of the server, unique in the sandbox, e.g. `do-database-3`. */
  readonly id: string;
  /** IPv4 address on the sandbox's network; chosen by the cloud, kept over restarts. */
  readonly address: string;
  readonly port: number;
  /** The customer's own administrator: may make roles and databases, and is no superuser. */
  readonly admin: Omit<Role, "replication">;
  /** Name of the first database; the administrator owns it. */
  readonly database: string;
  /** @see Databases.setSources */
  readonly sources: readonly string[] | undefined;
}

/**
 * Postgres servers with TLS of one authority. Every method is idempotent and resolves when the thing is so; each rejects
 * with a one-line reason.
 */
export interface Databases {
  /** Makes the server, or turns on the one there is, and resolves when it answers. Its size and files stay as they were. */
  create(order: ServerOrder): Promise<void>;
  /** Removes the server and all it holds. */
  destroy(id: string): Promise<void>;
  /** `absent` when there is no data of such a server: `create` would make an empty one. */
  power(id: string): Promise<Power>;
  /** Gives a server another size; it is restarted. */
  resize(id: string, size: ServerSize): Promise<void>;
  /** Networks and addresses that reach the server; `undefined`: all. From elsewhere no packet is answered. Kept over restarts. */
  setSources(id: string, networks: readonly string[] | undefined): Promise<void>;
  /** Makes a role that may log in, or changes its password. It owns nothing and has what everyone has. */
  setRole(id: string, role: Role): Promise<void>;
  /** Ends a role's sessions and removes it; what it owns goes to `heir`. */
  dropRole(id: string, name: string, heir: string): Promise<void>;
  /** Makes a database that `owner` owns. */
  addDatabase(id: string, name: string, owner: string): Promise<void>;
  /** Removes a database and whatever is in it; sessions in it are ended. */
  dropDatabase(id: string, name: string): Promise<void>;
  /** Ids of every server there is, whoever made it. */
  list(): Promise<readonly string[]>;
  /** PEM of the authority that all servers' certificates come from. */
  authority(): Promise<string>;
}
