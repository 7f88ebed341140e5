/** How an app gets to its database, and the variables its processes are told by. */
import { authorityPath } from "../../agent/authorities";
import type { DatabasePart } from "./choice";

/** Where a database is. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
}

/** All that a client needs. */
export interface DatabaseAccess {
  readonly address: DatabaseAddress;
  readonly password: string;
  /** With the password. */
  readonly url: string;
  /** Certificate (PEM) of the authority that vouches for the server, where it is a private one. */
  readonly authority?: string | undefined;
  /** Network of the machine's container engine that leads there; none where any does. */
  readonly network?: string | undefined;
}

/** Name of an app's database and role, in Postgres's alphabet. */
export function databaseName(app: string): string {
  return app.replaceAll("-", "_");
}

/** URL of a database; with an authority it has clients check the server's certificate and its name. */
export function databaseUrl({ host, port, name, user }: DatabaseAddress, password: string, authority?: string): string {
  const query = authority === undefined ? "" : `?${tlsQuery(authority)}`;
  return `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}${query}`;
}

/** Parameters of a URL that have any client of libpq, and Node's, check the server. */
export function tlsQuery(authority: string): string {
  return `sslmode=verify-full&sslrootcert=${authorityPath(authority)}`;
}

/**
 * The variables an app's processes get. With a private authority, libpq's own are among them: an app that takes the parts and knows
 * nothing of TLS then checks the server all the same.
 * @param variables further names, and what each holds
 */
export function databaseEnvironment(
  { address: { host, port, name, user }, password, url, authority }: DatabaseAccess,
  variables: Readonly<Record<string, DatabasePart>> = {},
): Record<string, string> {
  const ca = authority === undefined ? "" : authorityPath(authority);
  const parts: Record<DatabasePart, string> = { host, port: String(port), name, user, password, url, ca };
  return {
    DATABASE_URL: url,
    DB_HOST: host,
    DB_PORT: parts.port,
    DB_NAME: name,
    DB_USER: user,
    DB_PASSWORD: password,
    ...(authority !== undefined && { DATABASE_CA: ca, PGSSLMODE: "verify-full", PGSSLROOTCERT: ca }),
    ...Object.fromEntries(Object.entries(variables).map(([variable, part]) => [variable, parts[part]])),
  };
}

/** Those of the variables that nobody may read. */
export function databaseSecrets(variables: Readonly<Record<string, DatabasePart>> = {}): string[] {
  const own = Object.entries(variables).filter(([, part]) => part === "password" || part === "url");
  return ["DATABASE_URL", "DB_PASSWORD", ...own.map(([variable]) => variable)];
}
