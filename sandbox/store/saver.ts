import type { Store } from "./store";

/** Brings records to a store one save at a time; calls that come while one is under way share the next. */
export class Saver {
  readonly #store: Store;
  readonly #document: () => unknown;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  /** @param document gives the records as they are at the moment of saving */
  constructor(store: Store, document: () => unknown) {
    this.#store = store;
    this.#document = document;
  }

  /** Resolves when everything that was true at the call is kept. Rejects if the store does. */
  save(): Promise<void> {
    this.#next ??= this.#start();
    return this.#next;
  }

  async #start(): Promise<void> {
    await this.#running.catch(() => undefined);
    this.#next = undefined;
    this.#running = this.#store.save(this.#document());
    await this.#running;
  }
}
