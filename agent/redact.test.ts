import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lineRedactor, redactor } from "./redact";

describe("redactor", () => {
  test.each([
    ["whole", ["hunter2!"], "pw hunter2! and hunter2!", "pw *** and ***"],
    ["URL-encoded, in either case", ["a/b c+d"], "a%2Fb%20c%2Bd a%2fb%20c%2bd a%2Fb+c%2Bd", "*** *** ***"],
    ["JSON-escaped", ['say "hi"'], String.raw`{"x":"say \"hi\""}`, '{"x":"***"}'],
    ["line by line", ["first line\nsecond line\n"], "> first line\n> second line", "> ***\n> ***"],
    [
      "the password inside a URL",
      ["postgres://shop:s%40crets@db/shop"],
      "role password s@crets s%40crets",
      "role password *** ***",
    ],
    ["a password however short", ["postgres://shop:abc@db/shop"], "password abc of abcd", "password *** of abcd"],
    ["the password of a connection string", ["host=db password='a b c d'"], "FATAL: a b c d", "FATAL: ***"],
    [
      "what JSON holds under a secret's name, and no address",
      ['{"client_secret":"s3cr\\"t","token_uri":"https://a.example/token"}'],
      'got s3cr"t from https://a.example/token',
      "got *** from https://a.example/token",
    ],
    ["the longest first", ["abcd", "abcdef"], "abcdef abcd", "*** ***"],
    ["two and three characters as a word", ["abc", "x!"], "abc, abcd, (x!) xx! abc", "***, abcd, (***) xx! ***"],
    ["no single character", ["1", ""], "release 1", "release 1"],
    ["regular expressions' own signs", ["a.b*(c)"], "a.b*(c) aXb", "*** aXb"],
    ["beyond ASCII", ["pässwörd🔑"], "pässwörd🔑 p\\u00e4ssw\\u00f6rd\\ud83d\\udd11", "*** ***"],
    ["a lone half of a character", ["abc\ud800def"], "abc\ud800def", "***"],
    ["in a header of HTTP", ["hunter2"], `authorization: Basic ${btoa("user:hunter2")}`, "authorization: Basic ***"],
    ["three characters there", ["abc"], `Basic ${btoa("user:abc")} for user`, "Basic *** for user"],
    ["a buffer that was printed", ["hunter2"], "<Buffer 68 75 6e 74 65 72 32>", "<Buffer ***>"],
    ["what hexdump prints", ["hunter2"], "0000 6875 6e74 6572 32 end", "0000 *** end"],
    ["a buffer in JSON", ["hunter2"], JSON.stringify(Buffer.from("hunter2")), '{"type":"Buffer","data":[***]}'],
  ])("%s", (_name, secrets, text, expected) => {
    // What stands beside a secret within the same digits of base64 may go along.
    const shown = redactor(secrets)(text).replace(/(Basic )[A-Za-z0-9]*\*\*\*=*/, "$1***");
    expect(shown).toBe(expected);
  });

  test("no secret of four or more characters is left in any text", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        fc.pre(!"***".includes(secret.trim()) && secret.replaceAll("*", "").length >= 4);
        expect(redactor([secret])(before + secret + after)).not.toContain(secret);
      }),
    );
  });

  test.each([
    1, 14, 60,
  ])("a service account's JSON of %i KB is taken out whole, and no other secret is shown", (size) => {
    const account = JSON.stringify(
      { type: "service_account", private_key: `-----BEGIN-----\n${randomBytes(size * 750).toString("base64")}\n` },
      null,
      2,
    );
    const redact = redactor([account, "hunter2!"]);
    const forms = [account, encodeURIComponent(account), btoa(account), JSON.stringify(account).slice(1, -1)];
    for (const form of forms) expect(redact(`<<${form}>> hunter2!`)).toMatch(/^<<.{0,2}\*\*\*.{0,2}>> \*\*\*$/);
  });

  test("of a long secret any piece is taken out", () => {
    const secret = randomBytes(300).toString("hex");
    for (let start = 0; start < 500; start += 41)
      expect(redactor([secret])(`(${secret.slice(start, start + 90)}…`)).toBe("(***…");
  });
});

type Form = readonly [name: string, encode: (text: string) => string];

const bytesOf = (text: string) => Buffer.from(text, "utf8");
const eachByte = (text: string, write: (hex: string) => string) =>
  [...bytesOf(text)].map((byte) => write(byte.toString(16).padStart(2, "0"))).join("");
const eachUnit = (text: string, write: (hex: string) => string) =>
  Array.from({ length: text.length }, (_, at) => write(text.charCodeAt(at).toString(16).padStart(4, "0"))).join("");
const mixed = (text: string) => text.replace(/%../g, (code, at) => (at % 2 ? code.toLowerCase() : code.toUpperCase()));

const forms: readonly Form[] = [
  ["as it is", (text) => text],
  ["encodeURIComponent", encodeURIComponent],
  ["encodeURI", encodeURI],
  ["every byte percent-encoded, in mixed case", (text) => mixed(eachByte(text, (hex) => `%${hex}`))],
  ["a form", (text) => new URLSearchParams({ x: text }).toString().slice(2)],
  ["RFC 3986", (text) => encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)],
  ["JSON", (text) => JSON.stringify(text)],
  ["JSON of PHP", (text) => JSON.stringify(text).replaceAll("/", "\\/")],
  ["JSON of Python", (text) => `"${eachUnit(text, (hex) => `\\u${hex}`)}"`],
  ["JSON of Go", (text) => JSON.stringify(text).replace(/[<>&]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`)],
  ["bytes of C", (text) => eachByte(text, (hex) => `\\x${hex}`)],
  ["octal", (text) => eachByte(text, (hex) => `\\${Number.parseInt(hex, 16).toString(8).padStart(3, "0")}`)],
  ["base64", (text) => bytesOf(text).toString("base64")],
  ["base64 for URLs", (text) => bytesOf(text).toString("base64url")],
  ["base64 of mail", (text) => bytesOf(text).toString("base64").replace(/.{76}/g, "$&\r\n")],
  ["hexadecimal", (text) => bytesOf(text).toString("hex")],
  ["hexadecimal, upper case", (text) => bytesOf(text).toString("hex").toUpperCase()],
  ["hexadecimal with colons", (text) => eachByte(text, (hex) => `${hex}:`)],
  ["numbers", (text) => JSON.stringify([...bytesOf(text)])],
  ["HTML", (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)],
  ["HTML by names", (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")],
  ["a shell's single quotes", (text) => `'${text.replaceAll("'", `'\\''`)}'`],
  ["Python's shlex", (text) => `'${text.replaceAll("'", `'"'"'`)}'`],
  ["a shell's double quotes", (text) => `"${text.replace(/[\\"$`]/g, "\\$&")}"`],
  ["a shell's backslashes", (text) => text.replace(/[^\w\n]/gu, "\\$&")],
  ["SQL", (text) => `'${text.replaceAll("'", "''")}'`],
  ["CSV", (text) => `"${text.replaceAll('"', '""')}"`],
  ["a compose file", (text) => text.replaceAll("$", "$$$$")],
  ["a folded line", (text) => (text.includes("\n") ? text : text.replace(/^.{5}/su, "$&\n    "))],
  ["quoted-printable", (text) => eachByte(text, (hex) => `=${hex.toUpperCase()}`)],
  ["a colour in it", (text) => text.replace(/^.{3}/su, "$&\u001b[31m")],
];

/** Secrets as people have them: tokens, passwords of any signs, sentences, settings in JSON. */
const secrets = fc.oneof(
  fc.string({ minLength: 8, maxLength: 90, unit: fc.constantFrom(..."ABCxyz0189+/=-_") }),
  fc.string({ minLength: 8, maxLength: 40, unit: "grapheme-ascii" }),
  fc.string({ minLength: 8, maxLength: 40, unit: "grapheme" }),
  fc.string({ minLength: 8, maxLength: 60, unit: fc.constantFrom(..."a'\"$\\%&<>/ +=\n!`~") }),
);
/** What `encode` makes of it as bytes is in the same place wherever the form leaves bytes as they are. */
const around = fc.string({ maxLength: 9, unit: fc.constantFrom(..."aZ9:=, ") });

/** Whether a secret is one of signs that tell nothing, or stand for themselves in whatever is left. */
const isPlain = (secret: string) => new Set(secret.replace(/[*\s]/g, "")).size < 5;

describe("no form of a secret is left", () => {
  test.each(forms)("%s", (_name, encode) => {
    fc.assert(
      fc.property(secrets, around, around, (secret, before, after) => {
        fc.pre(!isPlain(secret));
        const clear = redactor([secret])(`say ${before}${encode(secret)}${after} end`);
        expect(clear).not.toContain(encode(secret));
        expect(clear).toContain("***");
      }),
      { numRuns: 40 },
    );
  });

  test("one within another, and among other things that are encoded with it", () => {
    const tokens = fc.string({ minLength: 10, maxLength: 70, unit: fc.constantFrom(..."ABCDxyzw0189_") });
    const form = fc.constantFrom(...forms);
    fc.assert(
      fc.property(tokens, around, around, form, form, (secret, before, after, [, one], [, other]) => {
        fc.pre(!isPlain(secret));
        const encode = (text: string) => other(`${before}${one(`user:${text}@host`)}${after}`);
        // Another secret of the same shape would look the same.
        const twin = secret.replace(/[A-Za-z]/g, (letter) => (letter === "B" ? "D" : letter === "x" ? "z" : letter));
        expect(redactor([secret])(encode(secret))).toBe(redactor([twin])(encode(twin)));
      }),
      { numRuns: 400 },
    );
  });
});

describe("lineRedactor", () => {
  test("takes out what goes on from one line to the next, whatever stands before the second", () => {
    const redact = lineRedactor(["correct-horse-battery"]);
    const lines = ["  | password: correct-hor", "  | se-battery, and more", "  | horse"];
    expect(lines.map(redact)).toEqual(["  | password: ***", "  | ***, and more", "  | horse"]);
  });

  test("no secret is left in lines of any width", () => {
    const text = fc.string({ minLength: 12, maxLength: 200, unit: fc.constantFrom(..."ABCDxyzw0189-_") });
    fc.assert(
      fc.property(text, fc.integer({ min: 5, max: 30 }), fc.boolean(), (secret, width, isEncoded) => {
        fc.pre(!isPlain(secret));
        const said = `password ${isEncoded ? btoa(secret) : secret} was refused`;
        const redact = lineRedactor([secret]);
        const lines = said.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
        const clear = lines.map(redact).join("");
        for (let at = 0; at + 8 <= secret.length; at++) {
          expect(clear).not.toContain(secret.slice(at, at + 8));
          expect(clear).not.toContain(btoa(secret).slice(at, at + 8));
        }
      }),
      { numRuns: 60 },
    );
  });
});
