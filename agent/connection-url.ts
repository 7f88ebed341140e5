/** The URL of a Postgres as an app has it, taken apart into the environment that Postgres's own programs read. */
import { Failure } from "./failure";

/**
 * Parameters of the URL's query that libpq knows, and the variable each stands for (PostgreSQL's manual, "libpq: Environment Variables").
 * Those of drivers, e.g. `pool_size`, mean nothing to its programs and are left out.
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  host: "PGHOST",
  hostaddr: "PGHOSTADDR",
  port: "PGPORT",
  dbname: "PGDATABASE",
  user: "PGUSER",
  password: "PGPASSWORD",
  options: "PGOPTIONS",
  sslmode: "PGSSLMODE",
  sslnegotiation: "PGSSLNEGOTIATION",
  sslrootcert: "PGSSLROOTCERT",
  sslcert: "PGSSLCERT",
  sslkey: "PGSSLKEY",
  sslcrl: "PGSSLCRL",
  sslsni: "PGSSLSNI",
  ssl_min_protocol_version: "PGSSLMINPROTOCOLVERSION",
  channel_binding: "PGCHANNELBINDING",
  require_auth: "PGREQUIREAUTH",
  gssencmode: "PGGSSENCMODE",
  target_session_attrs: "PGTARGETSESSIONATTRS",
  load_balance_hosts: "PGLOADBALANCEHOSTS",
};

/** Words of drivers for TLS without a look at the certificate. */
const UNCHECKED = ["no-verify", "true", "1"];

/**
 * The environment for a URL such as `postgres://user:password@host:5432/name?sslmode=require`: several hosts, addresses of IPv6 in
 * brackets, `%` codes and a driver after the scheme (`postgresql+psycopg`) included. What the URL leaves out is left to libpq.
 * @throws Failure that never quotes the URL, since it holds a password
 */
export function connectionEnvironment(url: string): Readonly<Record<string, string>> {
  const parts = /^(?:postgres|postgresql|postgis)(?:\+\w+)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?/i.exec(
    url.trim(),
  );
  if (!parts) throw foreign();
  const [, authority = "", name = "", query = ""] = parts;
  const at = authority.lastIndexOf("@");
  const [user = "", ...password] = at < 0 ? [] : authority.slice(0, at).split(":");
  return filled({
    ...hostsOf(authority.slice(at + 1)),
    PGUSER: decoded(user),
    PGPASSWORD: decoded(password.join(":")),
    PGDATABASE: decoded(name),
    ...parametersOf(query),
  });
}

function hostsOf(text: string): Record<string, string> {
  const hosts = text.split(",").map((one) => {
    const host = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(one);
    if (!host) throw foreign();
    const [, bracketed, plain = "", port = ""] = host;
    return { host: decoded(bracketed ?? plain), port };
  });
  return {
    PGHOST: hosts.map(({ host }) => host).join(","),
    PGPORT: hosts.some(({ port }) => port !== "") ? hosts.map(({ port }) => port).join(",") : "",
  };
}

function parametersOf(query: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of query.split("&")) {
    const at = part.indexOf("=");
    if (at < 0) continue;
    const key = decoded(part.slice(0, at)).toLowerCase();
    const value = decoded(part.slice(at + 1));
    const variable = PARAMETERS[key];
    if (key === "ssl" && UNCHECKED.includes(value)) found.PGSSLMODE ??= "require";
    else if (key === "sslmode" && UNCHECKED.includes(value)) found.PGSSLMODE = "require";
    else if (variable) found[variable] = value;
  }
  return found;
}

function foreign(): Failure {
  return new Failure("the database's URL is none of Postgres: expected postgres://USER:PASSWORD@HOST:PORT/NAME");
}

/** A lone `%` stands for itself: the drivers of some languages take it so. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (codes) => {
    try {
      return decodeURIComponent(codes);
    } catch {
      return codes;
    }
  });
}

function filled(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}
