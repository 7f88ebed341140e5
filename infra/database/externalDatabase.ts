/** A database that somebody else looks after: the stack makes nothing, and drops nothing. */
import { connectionEnvironment } from "../../agent/connection-url";
import { type DatabaseAccess, tlsQuery } from "./access";

/** Access by a URL that was checked at the door. @param authority certificate (PEM); with it the server is checked whatever the URL says */
export function externalAccess(url: string, authority?: string): DatabaseAccess {
  const { PGHOST = "", PGPORT = "5432", PGDATABASE = "", PGUSER = "", PGPASSWORD = "" } = connectionEnvironment(url);
  return {
    address: { host: PGHOST, port: Number(PGPORT), name: PGDATABASE, user: PGUSER },
    password: PGPASSWORD,
    url: authority === undefined ? url : withTls(url, authority),
    authority,
  };
}

function withTls(url: string, authority: string): string {
  const [address = "", query = ""] = url.split("?");
  const others = query.split("&").filter((part) => part !== "" && !/^(sslmode|sslrootcert)=/.test(part));
  return `${address}?${[...others, tlsQuery(authority)].join("&")}`;
}
