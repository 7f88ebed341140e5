/** Where the value of a secret for CI comes from. Plain data. */
import type { DatabasePart } from "../../infra/database/choice";
import { type Mistake, nearest, show } from "./mistakes";

/** See the file's head. */
export type Origin =
  | { readonly from: "config"; readonly value: string }
  | { readonly from: "registry"; readonly part: "password" | "username" | "server" }
  | { readonly from: "database"; readonly app: string; readonly part: Exclude<DatabasePart, "ca"> }
  | { readonly from: "app"; readonly app: string; readonly variable: string };

/** What the apps have to offer. */
export interface Sources {
  /** Where the section stands, e.g. `slipway:github`. */
  readonly path: string;
  /** Names of the secrets and variables of each app; `undefined` for one that could not be read. */
  readonly apps: Readonly<Record<string, readonly string[] | undefined>>;
  /** The value of the stack's secret of a key, a mistake noted where there is none. */
  secret(key: string, why: string): string | undefined;
}

/** What a secret's origin means: `config`, `registry.PART`, `APP.database.PART` or `APP.VARIABLE`. */
export function originOf(name: string, text: string, { path, apps, secret }: Sources): Origin | Mistake {
  const at = `${path}.secrets.${name}`;
  if (text === "config") {
    const value = secret(`github.${name}`, `${at} asks for it`) ?? "";
    return { from: "config", value };
  }
  const [first = "", second, third] = text.split(".");
  if (first === "registry" && second !== undefined) {
    const part = (["password", "username", "server"] as const).find((known) => known === second);
    return part && third === undefined
      ? { from: "registry", part }
      : {
          path: at,
          what: `${show(text)} is not allowed`,
          allowed: "registry.password, registry.username, registry.server",
        };
  }
  const names = Object.keys(apps);
  if (second === undefined || !names.includes(first)) {
    const meant = nearest(first, names);
    return {
      path: at,
      what: `${show(text)} says not where its value comes from`,
      allowed: `config, registry.password, APP.VARIABLE or APP.database.PART, APP being one of ${names.join(", ")}`,
      ...(meant && second !== undefined
        ? { mend: `did you mean ${[meant, second, third].filter(Boolean).join(".")}?` }
        : {}),
    };
  }
  if (second === "database") {
    const part = PARTS.find((known) => known === third);
    return part
      ? { from: "database", app: first, part }
      : {
          path: at,
          what: `${show(text)} is not allowed`,
          allowed: PARTS.map((one) => `${first}.database.${one}`).join(", "),
        };
  }
  const known = apps[first];
  if (third === undefined && (known === undefined || known.includes(second))) {
    return { from: "app", app: first, variable: second };
  }
  const meant = nearest(second, known ?? []);
  return {
    path: at,
    what: `${show(text)} is no variable that the stack gives ${first}`,
    allowed: [...(known ?? []), "database.PART"].join(", "),
    ...(meant ? { mend: `did you mean ${first}.${meant}?` } : {}),
  };
}

const PARTS = ["host", "port", "name", "user", "password", "url"] as const;
