/**
 * The script that `pg_restore` writes of a dump, without its first and its last lines: what it says of settings, of psql's restricted
 * mode and of the end of the transaction is said by whoever feeds it to `psql`.
 */
import { Failure } from "../failure";

/** What a script begins with. */
export interface Head {
  /** Its statements that settle the session, but for the search path and for limits of time. */
  readonly settings: readonly string[];
  /** Encoding of the script's text, in Postgres's alphabet of names. */
  readonly encoding: string;
  /** Characters it takes. */
  readonly length: number;
}

/** Bytes within which a script has said its head. */
const HEAD = 65_536;
/** Bytes that hold more than a script's end. */
const TAIL = 1_024;

/** `RestoreArchive` and `_doSetFixedOutputState` in PostgreSQL's pg_backup_archiver.c, with `--single-transaction`. */
const BEGINNING =
  /^--\n-- PostgreSQL database dump\n--\n\n(?:\\restrict \w+\n\n)?(?:--[^\n]*\n|\n)*BEGIN;\n\n((?:SET \w+ = [^;\n]*;\n|SELECT pg_catalog\.set_config\('search_path', '', false\);\n)+)\n/;
const END = /COMMIT;\n\n--\n-- PostgreSQL database dump complete\n--\n\n(?:\\unrestrict \w+\n\n)?$/;

/** Said by the one who feeds it, as the server has them: a limit of time that it doesn't know would be an error. */
const OWN = /^(?:SET \w+_timeout =|SELECT )/;

/** Takes the head off the beginning of a script; none as long as it is not whole. */
export function headOf(text: string): Head | undefined {
  const found = BEGINNING.exec(text);
  if (!found) return undefined;
  const said = (found[1] ?? "").trimEnd().split("\n");
  const encoding = said
    .map((line) => /^SET client_encoding = '(\w+)';$/.exec(line)?.[1])
    .find((one) => one !== undefined);
  if (encoding === undefined) throw new Failure("the script of the dump doesn't say its encoding");
  return { settings: said.filter((line) => !OWN.test(line)), encoding, length: found[0].length };
}

/**
 * The bytes between head and end.
 * @param onHead gives what stands in the head's place
 * @throws Failure if the script doesn't begin or doesn't end as one does, e.g. because `pg_restore` was ended
 */
export async function* bodyOf(source: AsyncIterable<Buffer>, onHead: (head: Head) => string): AsyncGenerator<Buffer> {
  let held = Buffer.alloc(0);
  let head: Head | undefined;
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    if (!head) {
      // One byte is one character: what follows may be of any encoding.
      head = headOf(held.subarray(0, HEAD).toString("latin1"));
      if (!head && held.length > HEAD) throw unknown("begins");
      if (!head) continue;
      held = held.subarray(head.length);
      yield Buffer.from(onHead(head));
    }
    if (held.length <= TAIL) continue;
    yield held.subarray(0, held.length - TAIL);
    held = held.subarray(held.length - TAIL);
  }
  const end = head ? END.exec(held.toString("latin1")) : undefined;
  if (!end) throw unknown(head ? "ends" : "begins");
  yield held.subarray(0, end.index);
}

/** Names of the schemas that a script makes, in its own encoding, byte for byte. */
export function schemasIn(script: Buffer): readonly Buffer[] {
  const made = /^CREATE SCHEMA (?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*));$/gm;
  return [...script.toString("latin1").matchAll(made)].map(([, quoted, plain = ""]) =>
    Buffer.from(quoted?.replaceAll('""', '"') ?? plain, "latin1"),
  );
}

function unknown(what: "begins" | "ends"): Failure {
  return new Failure(`pg_restore's script of the dump ${what} in no known way`);
}
