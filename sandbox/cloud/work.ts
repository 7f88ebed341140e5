import { setTimeout as wait } from "node:timers/promises";

/** Work on machines, one after another for each machine, side by side for different ones. */
export class WorkQueue {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs a job when all earlier ones of the same machine have ended. Resolves or rejects as the job does. */
  run<T>(machine: string, job: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(machine) ?? Promise.resolve();
    const result = before.then(job);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(machine, tail);
    void tail.then(() => {
      if (this.#tails.get(machine) === tail) this.#tails.delete(machine);
    });
    return result;
  }

  /** Resolves when no job of these machines is left, those that come meanwhile included; without names, of any machine. */
  async idle(machines?: readonly string[]): Promise<void> {
    for (;;) {
      const tails = [...this.#tails].filter(([machine]) => machines?.includes(machine) ?? true).map(([, tail]) => tail);
      if (tails.length === 0) return;
      await Promise.all(tails);
      await Promise.resolve();
    }
  }

  /** Resolves when no job of these machines is left, or when so many milliseconds have passed. */
  async idleWithin(milliseconds: number, machines: readonly string[]): Promise<void> {
    if (!machines.some((machine) => this.#tails.has(machine))) return;
    const over = new AbortController();
    const patience = wait(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
    await Promise.race([this.idle(machines), patience]);
    over.abort();
  }

  /** The machines that have work under way or waiting. */
  machines(): string[] {
    return [...this.#tails.keys()];
  }
}
