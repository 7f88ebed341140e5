/**
 * Keeps secret values out of everything the engine prints or writes down. A text is read as it stands and in every way it may be
 * encoded, one encoding within another included; what any reading shows of a secret is taken out of the text. Nothing is found in what
 * is compressed or encrypted.
 */
import { binaries, readable } from "./redaction/binary";
import { ESCAPES, isSame } from "./redaction/escapes";
import { BEGINNING, Needles } from "./redaction/needles";
import { partsOf } from "./redaction/parts";
import { bytesIn, type Decoder, type View, viewOf } from "./redaction/view";

/** What stands for a secret. */
const MARK = "***";

/** Encodings within one another. */
const DEPTH = 3;
/** Readings of one text, so that a line of nothing but escapes takes no forever; those of fewer encodings come first. */
const READINGS = 256;
/** Characters of the lines before that a line goes on from, if they end within a secret. */
const BEFORE = 160;
/** The same if that can't be told: the first bytes of a secret, as they are at their longest. */
const BEFORE_AT_LEAST = BEGINNING * 6;

/**
 * A function that replaces every secret by `***`, however it is encoded. One of two or three characters is replaced where it stands as a
 * word, one of a single character never: nothing could be read any more, and nobody is kept from guessing it.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const search = searchOf(secrets, false);
  return search ? (text) => without(text, search(text)) : (text) => text;
}

/** The same for lines that come one by one: a secret that goes on from one line to the next is replaced in both. */
export function lineRedactor(secrets: readonly string[]): (line: string) => string {
  const search = searchOf(secrets, true);
  if (!search) return (line) => line;
  let before = "";
  return (line) => {
    const text = `${before}${line}`;
    const found = search(text);
    const clear = without(text, found, before);
    const isWithin = found.length > 0 && found.at(-1)?.[1] === Buffer.byteLength(text);
    before = `${text.slice(isWithin ? -BEFORE : -BEFORE_AT_LEAST)}\n`;
    return clear;
  };
}

const guarded = new Set<string>();
let redactGuarded: ((text: string) => string) | undefined;

/** From now on these secrets are kept out of whatever this process prints, an error nobody has foreseen included. */
export function guard(secrets: readonly string[]): void {
  const before = guarded.size;
  for (const secret of secrets) guarded.add(secret);
  if (guarded.size > before) redactGuarded = undefined;
}

/** A text without any secret that this process has come to know; see `guard`. */
export function withoutGuarded(text: string): string {
  redactGuarded ??= redactor([...guarded]);
  return redactGuarded(text);
}

/** From and to, in bytes. */
type Range = readonly [number, number];

/** Finds where secrets are in a text, in order and apart; `isCut`: the text may end within one. Nothing where there are none to look for. */
function searchOf(secrets: readonly string[], isCut: boolean): ((text: string) => Range[]) | undefined {
  const needles = new Needles(secrets.flatMap(partsOf));
  if (!Number.isFinite(needles.shortest)) return undefined;
  const decoders = [...ESCAPES, ...binaries(needles.shortest, isCut ? BEGINNING : needles.shortest)];
  return (text) => {
    const whole = viewOf(text);
    const { bytes } = whole;
    const found: Range[] = [];
    const edges = new Map<Uint8Array, Set<number>>();
    for (const view of readings(whole, decoders)) {
      const { from, to } = view;
      needles.find(view, isCut, (first, last, needle) => {
        if (from === undefined || to === undefined) found.push([first, last]);
        else if (!needle || isFirst(edges, needle, from[first] ?? 0, to[last - 1] ?? 0))
          found.push(...piecesOf(bytes, { from, to }, first, last));
      });
    }
    return merged(found);
  };
}

/** Where a range of a view came from in the text; the ends of lines that were left out stay, with what follows them. */
function piecesOf(
  text: Uint8Array,
  { from, to }: { readonly from: Int32Array; readonly to: Int32Array },
  first: number,
  last: number,
): Range[] {
  const found: Range[] = [];
  let start = first;
  for (let at = first; at < last; at++) {
    const end = to[at] ?? 0;
    const next = at + 1 < last ? (from[at + 1] ?? 0) : Number.POSITIVE_INFINITY;
    if (next <= end || (at + 1 < last && !text.subarray(end, next).includes(LINE_END))) continue;
    found.push([from[start] ?? 0, end]);
    start = at + 1;
  }
  return found;
}

const LINE_END = 10;

/** Whether no simpler reading has found the same from the same place on, or up to it: another may take a quote after it along. */
function isFirst(edges: Map<Uint8Array, Set<number>>, needle: Uint8Array, start: number, end: number): boolean {
  const known = edges.get(needle) ?? new Set();
  edges.set(needle, known);
  const isKnown = known.has(start) || known.has(-end);
  known.add(start).add(-end);
  return !isKnown;
}

/** A view, and all that comes out of it by decoding it again and again. */
function readings(first: View, decoders: readonly Decoder[]): readonly View[] {
  const all = [first];
  let last = all;
  for (let depth = 0; depth < DEPTH && all.length < READINGS; depth++) {
    const next: View[] = [];
    for (const view of last) {
      const has = bytesIn(view);
      for (const decode of decoders) {
        const read = all.length < READINGS ? decode(view, has) : undefined;
        if (!read || all.some((known) => isSame(known, read))) continue;
        all.push(read);
        const text = read.binary ? readable(read) : read;
        if (text) next.push(text);
      }
    }
    last = next;
  }
  return all;
}

function merged(ranges: readonly Range[]): Range[] {
  const all: [number, number][] = [];
  for (const [start, end] of [...ranges].sort(([one], [other]) => one - other)) {
    const last = all.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else all.push([start, end]);
  }
  return all;
}

/** The text after `before`, less what is in the ranges. */
function without(text: string, ranges: readonly Range[], before = ""): string {
  const begin = Buffer.byteLength(before);
  const inside = ranges.filter(([, end]) => end > begin);
  if (inside.length === 0) return text.slice(before.length);
  const bytes = Buffer.from(text);
  let clear = "";
  let at = begin;
  for (const [start, end] of inside) {
    clear += bytes.subarray(at, Math.max(at, startOf(bytes, start))).toString("utf8") + MARK;
    at = endOf(bytes, end);
  }
  return clear + bytes.subarray(at).toString("utf8");
}

const isContinuation = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80;

/** A piece of a secret may begin or end within a character. */
function startOf(bytes: Uint8Array, at: number): number {
  let start = at;
  while (start > 0 && isContinuation(bytes[start])) start -= 1;
  return start;
}

function endOf(bytes: Uint8Array, at: number): number {
  let end = at;
  while (isContinuation(bytes[end])) end += 1;
  return end;
}
