/** The variables of a compose file, filled in from what the stack knows, by compose's own rules. */
import { isMachines } from "../../agent/compose-keys";
import type { Mistake } from "./mistakes";

/** What may stand in place of a variable. */
export interface Variables {
  /** Plain values of the stack. */
  readonly env: Readonly<Record<string, string>>;
  /** Names that the processes get from the stack as secrets. */
  readonly secrets: readonly string[];
  /** Further names that have a value on the host, which is not known here. */
  readonly unknown: readonly string[];
}

/** Every form that compose knows (compose specification, «Interpolation»), for messages. */
const FORMS =
  "$NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:?message}, ${NAME?message}, ${NAME:+text}, ${NAME+text}, each within another too; $$ for a dollar sign";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*/;
const OPERATOR = /^(:?[-+?])/;

/** Fills in the variables of one service, and tells what has no value. */
export class Interpolation {
  readonly #path: string;
  readonly #variables: Variables;
  readonly #mistakes: Mistake[];
  /** What is read twice is told once. */
  readonly #told = new Set<string>();

  /** @param path where the service stands @param mistakes gets what is wrong */
  constructor(path: string, variables: Variables, mistakes: Mistake[]) {
    this.#path = path;
    this.#variables = variables;
    this.#mistakes = mistakes;
  }

  /** What compose makes of a text. @param at where it stands in the service */
  in(text: string, at: readonly string[]): string {
    let filled = "";
    for (let rest = text; rest !== ""; ) {
      const dollar = rest.indexOf("$");
      if (dollar < 0) return filled + rest;
      filled += rest.slice(0, dollar);
      rest = rest.slice(dollar + 1);
      const bare = NAME.exec(rest)?.[0];
      if (rest.startsWith("$")) {
        filled += "$";
        rest = rest.slice(1);
      } else if (rest.startsWith("{")) {
        const end = closing(rest);
        filled += this.#braced(end < 0 ? undefined : rest.slice(1, end), `$${rest}`, at);
        rest = end < 0 ? "" : rest.slice(end + 1);
      } else if (bare !== undefined) {
        filled += this.#value(bare, "", "", at);
        rest = rest.slice(bare.length);
      } else {
        filled += "$";
      }
    }
    return filled;
  }

  /** The same of every text in a value. */
  fill(value: unknown, at: readonly string[]): unknown {
    if (typeof value === "string") return this.in(value, at);
    if (Array.isArray(value)) return value.map((one, index) => this.fill(one, [...at, String(index)]));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.fill(inner, [...at, key])]));
  }

  #braced(inner: string | undefined, whole: string, at: readonly string[]): string {
    const name = inner === undefined ? undefined : NAME.exec(inner)?.[0];
    const rest = inner?.slice(name?.length) ?? "";
    const operator = OPERATOR.exec(rest)?.[0] ?? "";
    if (name !== undefined && !rest.includes("\n") && (rest === "" || operator !== ""))
      return this.#value(name, operator, rest.slice(operator.length), at);
    this.#tell(at, whole, {
      what: `${JSON.stringify(whole.slice(0, 60))} is no variable as compose writes them`,
      allowed: FORMS,
    });
    return "";
  }

  #value(name: string, operator: string, text: string, at: readonly string[]): string {
    const { env, secrets, unknown } = this.#variables;
    if (isMachines(name)) {
      this.#tell(at, name, {
        what: `\${${name}} is the machine's own on a host, whatever the app says`,
        mend: "call it otherwise",
      });
      return "";
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    const isSecret = secrets.includes(name);
    const isSet = value !== undefined || isSecret || unknown.includes(name);
    const isEmpty = value === "" && operator.startsWith(":");
    if (operator.endsWith("+")) return isSet && !isEmpty ? this.in(text, at) : "";
    if (value !== undefined && !isEmpty) return value;
    if (operator.endsWith("-")) return this.in(text, at);
    const why = text === "" ? "" : `: ${text}`;
    this.#tell(at, name, {
      what: isSecret ? `\${${name}} would put a secret into a plain place` : `\${${name}} has no value${why}`,
      mend: isSecret
        ? `read ${name} from the process's environment instead`
        : `give ${name} a value under env of the app, or a default here: \${${name}:-…}`,
    });
    return "";
  }

  #tell(at: readonly string[], key: string, mistake: Omit<Mistake, "path">): void {
    const path = [this.#path, ...at].join(".");
    if (this.#told.has(`${path} ${key}`)) return;
    this.#told.add(`${path} ${key}`);
    this.#mistakes.push({ path, ...mistake });
  }
}

/** Where the brace closes that a text begins with; below 0 where it doesn't. */
function closing(text: string): number {
  let open = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === "{") open++;
    if (text[index] === "}" && --open === 0) return index;
  }
  return -1;
}
