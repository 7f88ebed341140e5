/** A request no route answers. */
export interface Uncovered {
  readonly method: string;
  readonly path: string;
  /** How often it was asked. */
  count: number;
}

/** How many different requests are remembered. */
const REMEMBERED = 500;

/** What was asked of the clouds that they do not know, in the order of first asking. */
export class UncoveredList {
  readonly #seen = new Map<string, Uncovered>();

  /** @returns whether it is the first time */
  add(method: string, path: string): boolean {
    const key = `${method} ${path}`;
    const known = this.#seen.get(key);
    if (known) {
      known.count += 1;
      return false;
    }
    if (this.#seen.size < REMEMBERED) this.#seen.set(key, { method, path, count: 1 });
    return true;
  }

  list(): readonly Uncovered[] {
    return [...this.#seen.values()];
  }

  clear(): void {
    this.#seen.clear();
  }
}
