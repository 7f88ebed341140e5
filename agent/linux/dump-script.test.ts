import { expect, test } from "vitest";
import { bodyOf, headOf, schemasIn } from "./dump-script";

/** As pg_restore 17 begins a script with `--single-transaction`. */
const head = `--
-- PostgreSQL database dump
--

\\restrict 84q6v2hcStLE

-- Dumped from database version 17.6
-- Dumped by pg_dump version 17.6

BEGIN;

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'LATIN1';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

`;
const end = `COMMIT;

--
-- PostgreSQL database dump complete
--

\\unrestrict 84q6v2hcStLE

`;

async function body(text: string, size: number): Promise<string> {
  async function* pieces() {
    const bytes = Buffer.from(text, "latin1");
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const parts: Buffer[] = [];
  for await (const part of bodyOf(pieces(), ({ settings }) => `${settings.length} settings\n`)) parts.push(part);
  return Buffer.concat(parts).toString("latin1");
}

test("a head says the encoding and the settings; limits, the search path and psql's own mode are left to whoever feeds it", () => {
  expect(headOf(head)).toEqual({
    settings: [
      "SET client_encoding = 'LATIN1';",
      "SET standard_conforming_strings = on;",
      "SET check_function_bodies = false;",
      "SET xmloption = content;",
      "SET client_min_messages = warning;",
      "SET row_security = off;",
    ],
    encoding: "LATIN1",
    length: head.length,
  });
  expect(headOf(head.replace("\\restrict 84q6v2hcStLE\n\n", ""))?.encoding).toBe("LATIN1");
  expect(headOf(head.slice(0, -1))).toBeUndefined();
});

test.each([1, 7, 4096])("the body is what is between head and end, in pieces of %s bytes", async (size) => {
  const rows = `COPY x FROM stdin;\n${"a row, COMMIT; and \\unrestrict 1\n".repeat(200)}\\.\n\xe9\n`;
  expect(await body(`${head}${rows}${end}`, size)).toBe(`6 settings\n${rows}`);
  expect(await body(`${head}${end}`, size)).toBe("6 settings\n");
});

test("a script that is cut off, or ends or begins otherwise, is none", async () => {
  await expect(body(`${head}CREATE TABLE x ();\n`, 64)).rejects.toThrow("script of the dump ends in no known way");
  await expect(body(`${head}${end}\\! id\n`, 64)).rejects.toThrow("ends in no known way");
  await expect(body(`\\! id\n${head}${end}`, 64)).rejects.toThrow("begins in no known way");
  await expect(body("x".repeat(100_000), 4096)).rejects.toThrow("begins in no known way");
  await expect(body("", 64)).rejects.toThrow("begins in no known way");
});

test("names of schemas are read byte for byte, whatever is in them", () => {
  const names = ['a"b', "a\nCREATE SCHEMA x;\nb", "$clear$ \\! id", "it's", ";"];
  const made = names
    .map((name) => `CREATE SCHEMA "${name.replaceAll('"', '""')}";\n\n\n`)
    .join("--\n-- Name: x\n--\n\n");
  expect(schemasIn(Buffer.from(`${made}CREATE SCHEMA plain_1;\n`)).map(String)).toEqual([...names, "plain_1"]);
});
