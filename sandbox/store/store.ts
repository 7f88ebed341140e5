/** Where the sandbox's records are kept: one JSON document, replaced as a whole. */
export interface Store {
  /** The document as last saved, or `undefined` if there is none. Rejects with a clear reason if it cannot be read whole. */
  load(): Promise<unknown>;
  /** Resolves when the document is kept. Calls that overlap may be merged: the newest document wins. */
  save(document: unknown): Promise<void>;
}
