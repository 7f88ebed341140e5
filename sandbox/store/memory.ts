import type { Store } from "./store";

/** Keeps the document for as long as the process lives. A copy is taken on both ways, as a file would. */
export function memoryStore(): Store {
  let text: string | undefined;
  return {
    async load() {
      return text === undefined ? undefined : JSON.parse(text);
    },
    async save(document) {
      text = JSON.stringify(document);
    },
  };
}
