/** Compose's own schema of its files, for tests that ask whether our table of keys knows all of them. */

/** The part of JSON Schema that it uses. */
interface Schema {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Sections whose entries people name; `*` stands for the name. */
const NAMED = ["services", "volumes"];

/** The schema as it stands in the program of a compose that is installed. @param program its bytes, or those around the schema's name */
export function schemaIn(program: Buffer): unknown {
  const at = program.indexOf('"compose_spec.json"');
  const begin = program.lastIndexOf("{", at);
  const text = program.subarray(begin, begin + 500_000).toString("latin1");
  for (let end = text.indexOf("\n}"); end >= 0; end = text.indexOf("\n}", end + 1)) {
    try {
      return JSON.parse(text.slice(0, end + 2));
    } catch {
      // The brace was an inner one's.
    }
  }
  throw new Error("no schema of compose files is in this program");
}

/** Every key that a schema knows, by its way from the top, e.g. `services.*.deploy.mode`. */
export function keysOf(schema: unknown): readonly string[] {
  const root = schema as Schema;
  const found = new Set<string>();
  const walk = (given: Schema, path: string, seen: readonly string[]): void => {
    const name = given.$ref?.split("/").at(-1);
    if (name !== undefined && seen.includes(name)) return;
    const behind = name === undefined ? seen : [...seen, name];
    const one = name === undefined ? given : ((root.definitions ?? root.$defs)?.[name] ?? {});
    for (const [key, inner] of Object.entries(one.properties ?? {})) {
      found.add(`${path}${key}`);
      walk(inner, `${path}${key}.`, behind);
    }
    if (NAMED.includes(path.replace(/\.$/, "")))
      for (const [pattern, inner] of Object.entries(one.patternProperties ?? {}))
        if (pattern !== "^x-") walk(inner, `${path}*.`, behind);
    for (const inner of [one.items, ...(one.oneOf ?? []), ...(one.anyOf ?? []), ...(one.allOf ?? [])])
      if (inner) walk(inner, path, behind);
  };
  walk(root, "", []);
  return [...found].sort();
}
