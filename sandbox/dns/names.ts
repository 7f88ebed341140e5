/** A zone that one of the clouds answers for. */
export interface Zone {
  /** Lower case, without a final dot. */
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly created: number;
  /** The zone in the form of a master file (RFC 1035, section 5). */
  readonly text: string;
}

/**
 * What the clouds ask of the server that answers for their zones. Two implementations: a real one on a Docker engine
 * (`docker.ts`) and a record in memory for tests of the APIs alone (`memory.ts`).
 */
export interface NameServer {
  /** Answers for these zones, and no longer for any other. Resolves when it does; rejects with a one-line reason. */
  serve(zones: readonly Zone[]): Promise<void>;
}

/**
 * One zone of each name. The clouds don't know of each other, and in the world the registrar decides which of them is
 * asked: here it is the one that had the zone first.
 */
export function oneOfEach(zones: readonly Zone[]): readonly Zone[] {
  const first = new Map<string, Zone>();
  for (const zone of zones) {
    const other = first.get(zone.name);
    if (other === undefined || zone.created < other.created) first.set(zone.name, zone);
  }
  return [...first.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
