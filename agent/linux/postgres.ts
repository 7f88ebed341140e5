/** Postgres by its own programs. */
import type { Database } from "../host";

/** See `Database`. */
export const linuxDatabase: Database = {
  size: () => Promise.reject(new Error("not yet")),
  dump: () => Promise.reject(new Error("not yet")),
  restore: () => Promise.reject(new Error("not yet")),
  lock: () => Promise.reject(new Error("not yet")),
};
