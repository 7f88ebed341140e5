/** Decoders of what text is escaped by: URLs, JSON and programming languages, shells, HTML, mail, terminals, folded lines. */
import { type Decoder, GAP, type View, ViewWriter } from "./view";

/** Value of a hexadecimal digit, -1 for any other byte. */
export function digitOf(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const lower = byte | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

/** Value of `count` hexadecimal digits at `at`, -1 where they aren't that many. */
function hexAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = digitOf(bytes[index]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Takes the bytes of a piece, as they are meant. */
type Bytes = number[];

/** Adds a character, in UTF-8. */
function addCharacter(out: Bytes, code: number): void {
  if (code < 0x80) out.push(code);
  else if (code <= 0x10ffff) out.push(...Buffer.from(String.fromCodePoint(code), "utf8"));
}

/**
 * Bytes that are kept on either side of a place that reads differently. What is further away reads as before and is found there; what is
 * looked for as a whole is found within them, three times encoded too.
 */
const AROUND = 512;

/**
 * Reads a view piece by piece: `piece` gives what stands at a place and returns where it ends, or 0 where nothing is escaped there.
 * `first` are the bytes that such places can begin with.
 */
function pieces(first: readonly number[], piece: (bytes: Uint8Array, at: number, out: Bytes) => number): Decoder {
  const isFirst = new Uint8Array(256);
  for (const byte of first) isFirst[byte] = 1;
  return (view, has) => {
    const { bytes } = view;
    if (!first.some((byte) => has[byte] === 1)) return undefined;
    let writer: ViewWriter | undefined;
    // What is before it has been read.
    let done = 0;
    for (let at = 0; at < bytes.length; ) {
      if (isFirst[bytes[at] ?? 0] === 0) {
        at += 1;
        continue;
      }
      const out: Bytes = [];
      const end = piece(bytes, at, out);
      if (end === 0) {
        at += 1;
        continue;
      }
      const from = Math.max(done, at - AROUND);
      if (writer) {
        const to = Math.min(from, done + AROUND);
        writer.copy(done, to);
        if (to < from) writer.put(GAP, to, from);
      }
      writer ??= new ViewWriter(view);
      writer.copy(from, at);
      for (const byte of out) writer.put(byte, at, end);
      at = end;
      done = end;
    }
    writer?.copy(done, Math.min(bytes.length, done + AROUND));
    return writer?.view();
  };
}

const PERCENT = 37;
const PLUS = 43;
const EQUALS = 61;
const SPACE = 32;
const BACKSLASH = 92;

/** `%2F`, and `+` for a space where forms are meant; `latin` takes a byte for a character, as old browsers do. */
function urlEncoded({ isForm = false, isLatin = false }): Decoder {
  return pieces(isForm ? [PERCENT, PLUS] : [PERCENT], (bytes, at, out) => {
    if (bytes[at] === PLUS) {
      out.push(SPACE);
      return at + 1;
    }
    const value = hexAt(bytes, at + 1, 2);
    if (value < 0) return 0;
    if (isLatin) addCharacter(out, value);
    else out.push(value);
    return at + 3;
  });
}

/** `=2F` and `=` at the end of a line (quoted-printable, RFC 2045). */
const quotedPrintable = pieces([EQUALS], (bytes, at, out) => {
  if (bytes[at + 1] === 10) return at + 2;
  if (bytes[at + 1] === 13 && bytes[at + 2] === 10) return at + 3;
  const value = hexAt(bytes, at + 1, 2);
  if (value < 0) return 0;
  out.push(value);
  return at + 3;
});

/** What a letter after a backslash stands for in C, JSON, JavaScript, Python or bash. */
const LETTERS = new Map(
  Object.entries({ n: 10, r: 13, t: 9, b: 8, f: 12, v: 11, a: 7, e: 27 }).map(([letter, code]) => [
    letter.charCodeAt(0),
    code,
  ]),
);

/** Escapes of programming languages; `latin` takes `\xe9` for a character instead of a byte. */
function backslashed({ isLatin = false }): Decoder {
  return pieces([BACKSLASH], (bytes, at, out) => {
    const next = bytes[at + 1];
    if (next === undefined) return 0;
    const put = (value: number, end: number) => {
      if (isLatin) addCharacter(out, value);
      else out.push(value);
      return end;
    };
    const kind = String.fromCharCode(next);
    if (kind === "x") {
      const value = hexAt(bytes, at + 2, 2);
      if (value >= 0) return put(value, at + 4);
    }
    if (kind === "u" || kind === "U") return unicode(bytes, at, out);
    if (next >= 48 && next <= 51) {
      const octal = /^[0-3][0-7]{2}/.exec(Buffer.from(bytes.subarray(at + 1, at + 4)).toString("latin1"))?.[0];
      if (octal) return put(Number.parseInt(octal, 8), at + 4);
    }
    out.push(LETTERS.get(next) ?? next);
    return at + 2;
  });
}

/** `\u003c`, a pair of surrogates, `\u{1f600}`, `\U0001f600`. */
function unicode(bytes: Uint8Array, at: number, out: Bytes): number {
  if (bytes[at + 1] === 85) {
    const value = hexAt(bytes, at + 2, 8);
    if (value < 0) return 0;
    addCharacter(out, value);
    return at + 10;
  }
  if (bytes[at + 2] === 123) {
    const end = bytes.indexOf(125, at + 3);
    const value = end < 0 || end > at + 9 ? -1 : hexAt(bytes, at + 3, end - at - 3);
    if (value < 0) return 0;
    addCharacter(out, value);
    return end + 1;
  }
  const value = hexAt(bytes, at + 2, 4);
  if (value < 0) return 0;
  const isPair = value >= 0xd800 && value <= 0xdbff && bytes[at + 6] === BACKSLASH && bytes[at + 7] === 117;
  const low = isPair ? hexAt(bytes, at + 8, 4) : -1;
  if (low >= 0xdc00 && low <= 0xdfff) {
    addCharacter(out, 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00));
    return at + 12;
  }
  addCharacter(out, value);
  return at + 6;
}

const isLetterOrDigit = (byte: number) =>
  (byte >= 48 && byte <= 57) || ((byte | 32) >= 97 && (byte | 32) <= 122) || byte >= 0x80;

/** A backslash before punctuation alone, as shells, Markdown and regular expressions have it. */
const punctuated = pieces([BACKSLASH], (bytes, at, out) => {
  const next = bytes[at + 1];
  if (next === undefined || isLetterOrDigit(next)) return 0;
  if (next !== 10) out.push(next);
  return at + 2;
});

/** Names of HTML's that stand for characters of secrets; others don't come out of any escaper. */
const ENTITIES = new Map(
  Object.entries({ amp: 38, lt: 60, gt: 62, quot: 34, apos: 39, nbsp: 160, sol: 47, plus: 43, equals: 61, grave: 96 }),
);

/** `&amp;`, `&#38;`, `&#x26;`. */
const entities = pieces([38], (bytes, at, out) => {
  const end = bytes.subarray(at, at + 12).indexOf(59);
  if (end < 2) return 0;
  const name = Buffer.from(bytes.subarray(at + 1, at + end)).toString("latin1");
  const [, decimal, hex] = /^#(?:(\d{1,7})|x([0-9a-f]{1,6}))$/i.exec(name) ?? [];
  const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : ENTITIES.get(name.toLowerCase());
  if (code === undefined) return 0;
  addCharacter(out, code);
  return at + end + 1;
});

/** One text for another, byte by byte. */
function replaced(text: string, by: string): Decoder {
  const wanted = Buffer.from(text);
  const instead = Buffer.from(by);
  return pieces([wanted[0] ?? 0], (bytes, at, out) => {
    for (let index = 1; index < wanted.length; index++) if (bytes[at + index] !== wanted[index]) return 0;
    out.push(...instead);
    return at + wanted.length;
  });
}

/**
 * Lines put together: their ends go, with the spaces before the next and `signs`, e.g. of a quotation or a log; `joint` comes in their
 * place.
 */
function unfolded(joint: "" | " ", signs = ""): Decoder {
  const left = Buffer.from(`\t\n\r ${signs}`);
  return pieces([10, 13], (bytes, at, out) => {
    let end = at + 1;
    while (end < bytes.length && left.includes(bytes[end] ?? 0)) end += 1;
    if (joint) out.push(SPACE);
    return end;
  });
}

/** Colours and the like of a terminal (ECMA-48, control sequences). */
const colours = pieces([27], (bytes, at) => {
  if (bytes[at + 1] !== 91) return 0;
  let end = at + 2;
  while ((bytes[end] ?? 0) >= 0x20 && (bytes[end] ?? 0) < 0x40) end += 1;
  return end < bytes.length ? end + 1 : 0;
});

/** See the file's head. */
export const ESCAPES: readonly Decoder[] = [
  urlEncoded({}),
  urlEncoded({ isForm: true }),
  backslashed({}),
  entities,
  unfolded(""),
  unfolded(" "),
  unfolded("", ">|"),
  punctuated,
  // What shells, SQL, CSV, YAML, compose files and templates write twice or in pieces.
  replaced("'\\''", "'"),
  replaced(`'"'"'`, "'"),
  replaced("''", "'"),
  replaced('""', '"'),
  replaced("$$", "$"),
  replaced("%%", "%"),
  quotedPrintable,
  colours,
  urlEncoded({ isLatin: true }),
  backslashed({ isLatin: true }),
];

/** Whether two views read the same. */
export function isSame({ bytes: one }: View, { bytes: other }: View): boolean {
  return one.length === other.length && Buffer.compare(one, other) === 0;
}
