import { Saver } from "../store/saver";
import { type NameServer, oneOfEach, type Zone } from "./names";

/** Keeps a name server in line with the clouds, one change at a time; changes that come meanwhile share the next. */
export class Publisher {
  readonly #turns: Saver;
  readonly #log: (line: string) => void;

  /** @param zones gives the zones of all clouds as they are at that moment */
  constructor(names: NameServer, zones: () => readonly Zone[], log: (line: string) => void) {
    const server = { load: async () => undefined, save: () => names.serve(oneOfEach(zones())) };
    this.#turns = new Saver(server, () => undefined);
    this.#log = log;
  }

  /** Resolves when the server answers as the clouds say. Where it does not, that is logged, and the next call tries again. */
  publish(): Promise<void> {
    return this.#turns.save().catch((error: unknown) => this.#log(`names are behind: ${(error as Error).message}`));
  }
}
