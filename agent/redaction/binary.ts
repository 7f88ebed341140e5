/** Decoders of what bytes are written as: base64, hexadecimal, lists of numbers. */
import { digitOf } from "./escapes";
import { type Decoder, GAP, type View, ViewWriter } from "./view";

/** Value of each byte as a digit of base64 (RFC 4648, both alphabets), 255 for any other. */
const SIXTY_FOUR = new Uint8Array(256).fill(255);
for (const alphabet of [
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
])
  for (const [value, digit] of [...alphabet].entries()) SIXTY_FOUR[digit.charCodeAt(0)] = value;

const HEX = new Uint8Array(256).fill(255);
for (let byte = 0; byte < 256; byte++) if (digitOf(byte) >= 0) HEX[byte] = digitOf(byte);

/**
 * What runs of digits of `bits` bits each say, `skip` digits after their start: nobody knows where in a run a value begins. Runs shorter
 * than `least` digits are left out, at the end of a text those shorter than `leastAtEnd`.
 */
function runs(digits: Uint8Array, bits: number, skip: number, least: number, leastAtEnd: number): Decoder {
  return (view: View) => {
    const { bytes } = view;
    let writer: ViewWriter | undefined;
    for (let at = 0; at < bytes.length; ) {
      if (digits[bytes[at] ?? 0] === 255) {
        at += 1;
        continue;
      }
      const start = at;
      while (at < bytes.length && digits[bytes[at] ?? 0] !== 255) at += 1;
      if (at - start < (at < bytes.length ? least : leastAtEnd)) continue;
      writer ??= new ViewWriter(view);
      if (writer.length > 0) writer.put(GAP, start, start + 1);
      let value = 0;
      let held = 0;
      // Where the byte begins that comes next.
      let from = start + skip;
      for (let index = from; index < at; index++) {
        value = ((value << bits) | (digits[bytes[index] ?? 0] ?? 0)) & 0xffff;
        held += bits;
        if (held < 8) continue;
        held -= 8;
        writer.put((value >> held) & 0xff, from, index + 1);
        // A digit may belong to two bytes.
        from = held > 0 ? index : index + 1;
      }
    }
    return writer?.view(true);
  };
}

const isDigit = Array.from({ length: 10 }, (_, digit) => 48 + digit);

/** Numbers one after another: `73 65`, `73:65`, `0x73, 0x65` in hexadecimal, `115,101` in decimal. */
function lists(pattern: RegExp, number: RegExp, base: 10 | 16): Decoder {
  return (view, has) => {
    if (!isDigit.some((digit) => has[digit] === 1)) return undefined;
    const text = Buffer.from(view.bytes).toString("latin1");
    let writer: ViewWriter | undefined;
    for (const list of text.matchAll(pattern)) {
      writer ??= new ViewWriter(view);
      if (writer.length > 0) writer.put(GAP, list.index, list.index + 1);
      for (const found of list[0].matchAll(number)) {
        const value = Number.parseInt(found[0], base);
        const start = list.index + found.index;
        if (value < 256) writer.put(value, start, start + found[0].length);
      }
    }
    return writer?.view(true);
  };
}

/**
 * What of a binary view reads as text, in stretches worth a look: most runs of letters are no base64, and what comes out of them is no
 * text that could be encoded once more.
 */
export function readable(view: View): View | undefined {
  const { bytes } = view;
  const writer = new ViewWriter(view);
  for (let at = 0; at < bytes.length; ) {
    let end = at;
    for (let length = characterAt(bytes, end); length > 0; length = characterAt(bytes, end)) end += length;
    if (end - at >= READABLE) {
      if (writer.length > 0) writer.put(GAP, at, at + 1);
      writer.copy(at, end);
    }
    at = end + 1;
  }
  return writer.length > 0 ? writer.view() : undefined;
}

/** Bytes of such a stretch. */
const READABLE = 8;

/** Bytes of the character at a place, 0 where none is that a text may hold. */
function characterAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) return 0;
  if (byte < 0x80) return byte >= 32 ? Number(byte !== 127) : Number((byte >= 9 && byte <= 13) || byte === 27);
  const length =
    byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
  for (let index = 1; index < length; index++) if (((bytes[at + index] ?? 0) & 0xc0) !== 0x80) return 0;
  return length;
}

/**
 * See the file's head.
 * @param shortest the least number of bytes that is looked for
 * @param atEnd the same at the end of a text
 */
export function binaries(shortest: number, atEnd: number): readonly Decoder[] {
  const letters = (bytes: number) => Math.ceil((bytes * 8) / 6);
  const more = `{${Math.max(1, Math.min(shortest, 16) - 1)},}`;
  const pairs = `{${Math.max(1, Math.floor(Math.min(shortest, 16) / 2) - 1)},}`;
  return [
    ...[0, 1, 2, 3].map((skip) => runs(SIXTY_FOUR, 6, skip, letters(shortest), letters(atEnd))),
    ...[0, 1].map((skip) => runs(HEX, 4, skip, shortest * 2, atEnd * 2)),
    lists(new RegExp(`(?:0x)?[0-9a-f]{2}(?:(?:[ :-]|, ?)(?:0x)?[0-9a-f]{2})${more}`, "gi"), /[0-9a-f]{2}/gi, 16),
    lists(new RegExp(`[0-9a-f]{4}(?: [0-9a-f]{4})${pairs}(?: [0-9a-f]{2})?`, "gi"), /[0-9a-f]{2}/gi, 16),
    lists(new RegExp(`\\d{1,3}(?:[ ,] ?\\d{1,3})${more}`, "g"), /\d{1,3}/g, 10),
  ];
}
