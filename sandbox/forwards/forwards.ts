import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { dirname } from "node:path";
import type { Forwards } from "../control/forwards";

/** A way from loopback to a machine's port. */
export interface Forward {
  readonly address: string;
  readonly port: number;
  /** Port on 127.0.0.1. */
  readonly local: number;
}

const host = "127.0.0.1";

/**
 * TCP ways from loopback into the sandbox's network. One (address, port) keeps its local port for good: a file
 * remembers it over restarts.
 */
export class TcpForwards implements Forwards {
  readonly #file: string;
  readonly #preferred: readonly number[];
  readonly #open = new Map<string, { readonly forward: Forward; readonly server: Server }>();
  #last: Promise<unknown> = Promise.resolve();

  /** @param preferred local ports to take first, in this order; the system's choice follows */
  constructor(file: string, preferred: readonly number[]) {
    this.#file = file;
    this.#preferred = preferred;
  }

  /** Opens those of an earlier time again. A local port that someone else took meanwhile is replaced. */
  async restore(): Promise<void> {
    const text = await readFile(this.#file, "utf8").catch(() => "[]");
    for (const { address, port, local } of JSON.parse(text) as Forward[]) await this.#start(address, port, [local]);
  }

  open(address: string, port: number): Promise<{ readonly host: string; readonly port: number }> {
    const turn = this.#last.then(async () => {
      const open = this.#open.get(`${address}:${port}`)?.forward ?? (await this.#start(address, port, []));
      return { host, port: open.local };
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** What is open now. */
  list(): readonly Forward[] {
    return [...this.#open.values()].map(({ forward }) => forward);
  }

  /** Closes the ways; the file still remembers them. */
  async close(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ server }) => new Promise((done) => server.close(done))));
    this.#open.clear();
  }

  async #start(address: string, port: number, wanted: readonly number[]): Promise<Forward> {
    const used = new Set(this.list().map((forward) => forward.local));
    const free = this.#preferred.filter((candidate) => !used.has(candidate));
    for (const candidate of [...wanted, ...free, 0]) {
      const server = relay(address, port);
      const local = await listen(server, candidate);
      if (local === undefined) continue;
      const forward = { address, port, local };
      this.#open.set(`${address}:${port}`, { forward, server });
      await this.#save();
      return forward;
    }
    throw new Error("no port on loopback is free");
  }

  async #save(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(`${this.#file}.new`, JSON.stringify(this.list()));
    await rename(`${this.#file}.new`, this.#file);
  }
}

function relay(address: string, port: number): Server {
  return createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host: address, port, allowHalfOpen: true, noDelay: true });
    near.pipe(far).pipe(near);
    // Either end's failure is the other's too, as if there were nothing in between.
    near.once("error", () => far.destroy());
    far.once("error", () => near.resetAndDestroy());
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  });
}

/** @returns the port it listens on, or `undefined` if that one is taken */
async function listen(server: Server, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen(port, host, () => {
      const bound = server.address();
      resolve(typeof bound === "object" && bound !== null ? bound.port : undefined);
    });
  });
}
