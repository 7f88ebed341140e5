/** Base images of an app's builds: which a Dockerfile starts from, and by which build argument another can be given. Plain data. */

/** An image that a build starts from. */
export interface Base {
  readonly image: string;
  /** The build argument that names the whole of it; none where the Dockerfile names it itself. */
  readonly argument?: string;
}

/**
 * The images that a Dockerfile starts from, its own stages apart.
 * @param given build arguments, which win over the defaults in the file
 */
export function basesOf(dockerfile: string, given: Readonly<Record<string, string>>): readonly Base[] {
  const defaults: Record<string, string> = {};
  const stages = new Set(["scratch"]);
  const bases: Base[] = [];
  for (const line of instructions(dockerfile)) {
    const argument = /^ARG\s+(\w+)(?:=(.*))?$/i.exec(line);
    // Only what stands before the first FROM can be used in one.
    if (argument && bases.length === 0 && stages.size === 1) defaults[argument[1] ?? ""] = unquoted(argument[2] ?? "");
    const from = /^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?$/i.exec(line);
    if (!from) continue;
    const [, text = "", stage] = from;
    const whole = /^\$(?:(\w+)|\{(\w+)(?::?-[^}]*)?\})$/.exec(text);
    const image = text.replace(
      /\$(?:(\w+)|\{(\w+)(?::?-([^}]*))?\})/g,
      (_, bare?: string, braced?: string, fallback?: string) => {
        const name = bare ?? braced ?? "";
        return (name in defaults ? given[name] : undefined) ?? (defaults[name] || (fallback ?? ""));
      },
    );
    if (!stages.has(image.toLowerCase())) {
      const name = whole?.[1] ?? whole?.[2];
      bases.push({ image, ...(name !== undefined && name in defaults ? { argument: name } : {}) });
    }
    if (stage) stages.add(stage.toLowerCase());
  }
  return bases;
}

/** What an image is called without server, folders, tag and digest: `python` for `docker.io/library/python:3.13-slim`. */
export function kindOf(image: string): string {
  return image.replace(/@.*$/, "").split("/").at(-1)?.split(":")[0] ?? image;
}

/** Lines with an instruction, continued ones in one piece. */
function instructions(dockerfile: string): readonly string[] {
  return dockerfile
    .split("\n")
    .filter((line) => !/^\s*#/.test(line))
    .join("\n")
    .replace(/\\\s*\n/g, " ")
    .split("\n")
    .map((line) => line.trim());
}

function unquoted(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}
