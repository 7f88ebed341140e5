/** Finds many byte strings in one pass, in time that grows with what is read and not with what is looked for. */
import type { View } from "./view";

/** Bytes of the longest that is looked for as a whole; of anything longer, any piece that long is found by itself. */
export const PIECE = 32;
/** Bytes of a block, of which every piece holds one. */
const BLOCK = 24;
/** Bytes from one block to the next. */
const STRIDE = PIECE - BLOCK;
/** Bytes that one must go on for where a text ends within it: shorter ones are ends of ordinary words. */
export const BEGINNING = 6;
/** What begins many addresses and tells nothing. */
const PUBLIC = /^[a-z][a-z0-9+.-]*:\/\/([^:/?#@]*:)?/i;
/** Bytes that anything but a word is found by. */
const GRAM = 4;
/** Bits of the number of entries of the tables that say whether a place is worth a look: for grams, of which each has one, and for blocks. */
const GRAM_BITS = 12;
const BLOCK_BITS = 18;
/** Factor of the rolling hash; any odd number that spreads. */
const FACTOR = 0x01000193;

/** The most that a byte which leaves the rolling hash weighs. */
let leaving = 1;
for (let count = 0; count < BLOCK; count++) leaving = Math.imul(leaving, FACTOR);

const slotOf = (value: number, bits: number) => Math.imul(value, 0x9e3779b1) >>> (32 - bits);

/** A place in what is looked for. */
interface Block {
  readonly whole: Uint8Array;
  readonly at: number;
}

/** A range of bytes is told by its start and its end, and by what was found whole there. */
export type Mark = (start: number, end: number, needle?: Uint8Array) => void;

/** See the file's head. */
export class Needles {
  /** Two or three bytes: found only where they stand as a word. */
  readonly #words = new Map<number, Uint8Array[]>();
  readonly #grams = new Map<number, { readonly needle: Uint8Array; readonly leastCut: number }[]>();
  readonly #isGram = new Uint8Array(1 << GRAM_BITS);
  readonly #blocks = new Map<number, Block[]>();
  #isBlock = new Uint8Array(0);
  /** Bytes of the shortest. */
  readonly shortest: number;

  constructor(texts: readonly string[]) {
    let shortest = Number.POSITIVE_INFINITY;
    for (const text of new Set(texts)) {
      const bytes = Buffer.from(text, "utf8");
      if (bytes.length < 2) continue;
      shortest = Math.min(shortest, bytes.length);
      if (bytes.length < GRAM) push(this.#words, (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8), bytes);
      else this.#add(bytes, BEGINNING + Buffer.byteLength(PUBLIC.exec(text)?.[0] ?? ""));
    }
    this.shortest = shortest;
  }

  #add(bytes: Uint8Array, leastCut: number): void {
    const gram = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8) | ((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 24);
    // The beginning of a long one is looked for as well, where a text ends within it.
    push(this.#grams, gram, { needle: bytes.subarray(0, PIECE), leastCut });
    this.#isGram[slotOf(gram, GRAM_BITS)] = 1;
    if (bytes.length <= PIECE) return;
    const last = bytes.length - BLOCK;
    for (let at = 0; at < last + STRIDE; at += STRIDE) this.#addBlock(bytes, Math.min(at, last));
  }

  #addBlock(whole: Uint8Array, at: number): void {
    let hash = 0;
    for (let index = at; index < at + BLOCK; index++) hash = (Math.imul(hash, FACTOR) + (whole[index] ?? 0)) | 0;
    const known = this.#blocks.get(hash) ?? [];
    // The same again would only be compared twice.
    if (known.some((block) => runOf(block.whole, block.at, whole, at, BLOCK) === BLOCK)) return;
    push(this.#blocks, hash, { whole, at });
    if (this.#isBlock.length === 0) this.#isBlock = new Uint8Array(1 << BLOCK_BITS);
    this.#isBlock[slotOf(hash, BLOCK_BITS)] = 1;
  }

  /** Tells where any of them is; with `isCut`, also where the view ends within one. */
  find(view: View, isCut: boolean, mark: Mark): void {
    this.#findGrams(view.bytes, isCut, mark);
    if (this.#words.size > 0) this.#findWords(view, mark);
    if (this.#blocks.size > 0) this.#findBlocks(view.bytes, mark);
  }

  #findGrams(bytes: Uint8Array, isCut: boolean, mark: Mark): void {
    let gram = 0;
    for (let at = 0; at < bytes.length; at++) {
      gram = (gram >>> 8) | ((bytes[at] ?? 0) << 24);
      if (at < GRAM - 1 || this.#isGram[slotOf(gram, GRAM_BITS)] === 0) continue;
      const start = at - GRAM + 1;
      for (const { needle, leastCut } of this.#grams.get(gram) ?? []) {
        const run = runOf(bytes, start, needle, 0, needle.length);
        if (run === needle.length || (isCut && run >= leastCut && start + run === bytes.length))
          mark(start, start + run, needle);
      }
    }
  }

  #findWords(view: View, mark: Mark): void {
    const { bytes } = view;
    for (let at = 0; at + 1 < bytes.length; at++) {
      const found = this.#words.get((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
      for (const needle of found ?? []) {
        const end = at + needle.length;
        if (runOf(bytes, at, needle, 0, needle.length) < needle.length) continue;
        if (isWord(bytes[at - 1]) || isWord(bytes[end])) continue;
        if (!view.binary || isReadable(bytes, at)) mark(at, end, needle);
      }
    }
  }

  #findBlocks(bytes: Uint8Array, mark: Mark): void {
    let hash = 0;
    // Where the block of the hash begins, and how much of it has been taken in.
    let taken = 0;
    for (let at = 0; at < bytes.length; at++) {
      hash = (Math.imul(hash, FACTOR) + (bytes[at] ?? 0)) | 0;
      if (taken < BLOCK) taken += 1;
      else hash = (hash - Math.imul(bytes[at - BLOCK] ?? 0, leaving)) | 0;
      if (taken < BLOCK || this.#isBlock[slotOf(hash, BLOCK_BITS)] === 0) continue;
      const start = at - BLOCK + 1;
      for (const { whole, at: within } of this.#blocks.get(hash) ?? []) {
        if (runOf(bytes, start, whole, within, BLOCK) < BLOCK) continue;
        let begin = 0;
        while (
          begin < STRIDE &&
          begin < within &&
          start > begin &&
          bytes[start - begin - 1] === whole[within - begin - 1]
        )
          begin += 1;
        // As far as the piece goes, which may be into the next block and no further: that one is found by itself.
        mark(start - begin, start + runOf(bytes, start, whole, within, PIECE + STRIDE));
      }
    }
  }
}

/** How many bytes are the same from these places on, at most `most`. */
function runOf(bytes: Uint8Array, at: number, needle: Uint8Array, from: number, most: number): number {
  const end = Math.min(most, bytes.length - at, needle.length - from);
  let run = 0;
  while (run < end && bytes[at + run] === needle[from + run]) run += 1;
  return run;
}

function push<T>(map: Map<number, T[]>, key: number, value: T): void {
  const values = map.get(key);
  if (values) values.push(value);
  else map.set(key, [value]);
}

/** Whether a byte belongs to a word: a letter, a digit, `_`, or a part of a character beyond ASCII. */
function isWord(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const lower = byte | 32;
  return (byte >= 48 && byte <= 57) || (lower >= 97 && lower <= 122) || byte === 95 || byte >= 0x80;
}

/** Whether what is around a place reads as text, as far as its run goes. */
function isReadable(bytes: Uint8Array, at: number): boolean {
  const isText = (byte: number) => (byte >= 32 && byte < 127) || byte === 9 || byte === 10 || byte === 13;
  for (const step of [-1, 1])
    for (let index = at; Math.abs(index - at) <= PIECE && (bytes[index] ?? 0) !== 0; index += step)
      if (!isText(bytes[index] ?? 0)) return false;
  return true;
}
