import type { NameServer, Zone } from "./names";

/** A name server that only remembers what it would answer for. */
export interface MemoryNames extends NameServer {
  /** The zones it was given last. */
  readonly zones: readonly Zone[];
}

/** Makes one; it has no zones. */
export function memoryNames(): MemoryNames {
  let served: readonly Zone[] = [];
  return {
    get zones() {
      return served;
    },
    async serve(zones) {
      served = zones;
    },
  };
}
