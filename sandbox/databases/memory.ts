import type { Databases, Role, ServerOrder, ServerSize } from "./databases";

/** A server that is only a record. */
export interface MemoryServer {
  readonly order: ServerOrder;
  size: ServerSize;
  power: "on" | "off";
  sources: readonly string[] | undefined;
  /** By name, the administrator's among them. */
  readonly roles: Map<string, Role>;
  /** Owner by name. */
  readonly databases: Map<string, string>;
}

/** Servers in memory, and a view into them for tests. */
export interface MemoryDatabases extends Databases {
  /** The server of an id as it stands, or `undefined`. */
  look(id: string): MemoryServer | undefined;
  /** Has every method fail for a server, with this reason, until it is called without one. */
  breakServer(id: string, reason?: string): void;
  /** Has every call wait until the function that is returned is called. */
  hold(): () => void;
}

/** The authority of servers in memory: no certificate, but a text of that form. */
export const memoryAuthority = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";

/** Makes servers that are records in memory: the emulated clouds' tests need no engine. */
export function memoryDatabases(): MemoryDatabases {
  const servers = new Map<string, MemoryServer>();
  const broken = new Map<string, string>();
  let held: Promise<void> = Promise.resolve();

  async function enter(id: string): Promise<void> {
    await held;
    const reason = broken.get(id);
    if (reason !== undefined) throw new Error(reason);
  }
  async function existing(id: string): Promise<MemoryServer> {
    await enter(id);
    const server = servers.get(id);
    if (!server) throw new Error(`there is no database server ${id}`);
    return server;
  }

  return {
    async create(order) {
      await enter(order.id);
      const { memory, vcpus, connections, admin, database, sources } = order;
      const size = { memory, vcpus, connections };
      const server: MemoryServer = servers.get(order.id) ?? {
        order,
        size,
        power: "on",
        sources,
        roles: new Map(),
        databases: new Map(),
      };
      Object.assign(server, { power: "on", sources });
      server.roles.set(admin.name, { ...admin, replication: true });
      if (!server.databases.has(database)) server.databases.set(database, admin.name);
      servers.set(order.id, server);
    },
    async destroy(id) {
      await enter(id);
      servers.delete(id);
    },
    async power(id) {
      await enter(id);
      return servers.get(id)?.power ?? "absent";
    },
    async resize(id, { memory, vcpus, connections }) {
      (await existing(id)).size = { memory, vcpus, connections };
    },
    async setSources(id, networks) {
      (await existing(id)).sources = networks;
    },
    async setRole(id, role) {
      (await existing(id)).roles.set(role.name, role);
    },
    async dropRole(id, name, heir) {
      const { roles, databases } = await existing(id);
      roles.delete(name);
      for (const [database, owner] of databases) if (owner === name) databases.set(database, heir);
    },
    async addDatabase(id, name, owner) {
      const { databases } = await existing(id);
      if (!databases.has(name)) databases.set(name, owner);
    },
    async dropDatabase(id, name) {
      (await existing(id)).databases.delete(name);
    },
    async list() {
      await held;
      return [...servers.keys()];
    },
    authority: async () => memoryAuthority,
    look: (id) => servers.get(id),
    breakServer(id, reason) {
      if (reason === undefined) broken.delete(id);
      else broken.set(id, reason);
    },
    hold() {
      let release: (() => void) | undefined;
      held = new Promise((resolve) => {
        release = resolve;
      });
      return () => release?.();
    },
  };
}
