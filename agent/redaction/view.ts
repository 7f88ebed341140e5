/** A text as bytes of UTF-8, as it stands or decoded, where each byte knows which bytes of the text it came from. */
export interface View {
  readonly bytes: Uint8Array;
  /** First byte of the text that each came from; each is its own where left out. */
  readonly from: Int32Array | undefined;
  /** The byte after the last that each came from. */
  readonly to: Int32Array | undefined;
  /** Whether any byte string comes out of it, so that two or three matching bytes say nothing unless readable text is around them. */
  readonly binary: boolean;
}

/** Another way to read a view, whose bytes are those where `has` is 1; nothing where it would read the same. */
export type Decoder = (view: View, has: Uint8Array) => View | undefined;

/** 1 for each byte that is in a view. */
export function bytesIn({ bytes }: View): Uint8Array {
  const has = new Uint8Array(256);
  for (let at = 0; at < bytes.length; at++) has[bytes[at] ?? 0] = 1;
  return has;
}

/** The text itself. */
export function viewOf(text: string): View {
  return { bytes: Buffer.from(text, "utf8"), from: undefined, to: undefined, binary: false };
}

/** Stands between what was apart in the text; no environment variable can hold it. */
export const GAP = 0;

/** What is being written, in the one place where that is done: most views are short, and nearly all are thrown away at once. */
const desk = { bytes: new Uint8Array(4096), from: new Int32Array(4096), to: new Int32Array(4096) };

function growDesk(): void {
  const { bytes, from, to } = desk;
  const size = bytes.length * 2;
  desk.bytes = new Uint8Array(size);
  desk.from = new Int32Array(size);
  desk.to = new Int32Array(size);
  desk.bytes.set(bytes);
  desk.from.set(from);
  desk.to.set(to);
}

/** Writes a view that is read out of another. One is to be done with before the next is begun. */
export class ViewWriter {
  readonly #source: View;
  #length = 0;

  constructor(source: View) {
    this.#source = source;
  }

  get length(): number {
    return this.#length;
  }

  /** Adds a byte that came from `start` to `end` of the source. */
  put(byte: number, start: number, end: number): void {
    if (this.#length === desk.bytes.length) growDesk();
    const { from, to } = this.#source;
    desk.bytes[this.#length] = byte;
    desk.from[this.#length] = from === undefined ? start : (from[start] ?? 0);
    desk.to[this.#length] = to === undefined ? end : (to[end - 1] ?? 0);
    this.#length += 1;
  }

  /** Adds these bytes of the source as they are. */
  copy(start: number, end: number): void {
    for (let at = start; at < end; at++) this.put(this.#source.bytes[at] ?? 0, at, at + 1);
  }

  /** What was written. */
  view(binary = this.#source.binary): View {
    const end = this.#length;
    return { bytes: desk.bytes.slice(0, end), from: desk.from.slice(0, end), to: desk.to.slice(0, end), binary };
  }
}
