import ipaddr from "ipaddr.js";
import { z } from "zod";
import { beyondSandbox, unprocessable } from "../errors";
import { type Domain, type DomainRecord, RECORD_TYPES, type RecordType, TTL } from "./model";

/** A label may have underscores, and the first one may be a star. */
const HOSTNAME = /^(?=.{1,253}$)(\*|[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const TAGS = ["issue", "issuewild", "iodef"];
/** The least an answer can be good for, in seconds. */
const LEAST_TTL = 30;

const number = (most: number) => z.number().int().min(0).max(most).nullish();

/** The members of a record as requests bring them. */
export const AskedRecord = z.object({
  type: z.string().nullish(),
  name: z.string().nullish(),
  data: z.string().nullish(),
  priority: number(65_535),
  port: number(65_535),
  ttl: number(2_147_483_647),
  weight: number(65_535),
  flags: number(255),
  tag: z.string().nullish(),
});
/** @see AskedRecord */
export type AskedRecord = z.infer<typeof AskedRecord>;

/** The type of a new record. Throws the API's 422 for one it doesn't know. */
export function newType(asked: AskedRecord): RecordType {
  const type = RECORD_TYPES.find((known) => known === asked.type?.toUpperCase());
  if (type === undefined) throw unprocessable("Type can't be blank, Type is not a valid record type");
  if (type === "SOA") throw unprocessable("SOA records are made with their domain");
  return type;
}

/** What a record's members come to when those asked for are laid over those it has. Throws the API's 422 for what cannot be. */
export function recordContent(
  domain: Domain,
  type: RecordType,
  asked: AskedRecord,
  before?: DomainRecord,
): Omit<DomainRecord, "id" | "type"> {
  if (before !== undefined && asked.type && asked.type.toUpperCase() !== type) {
    throw beyondSandbox("a record that changes its type");
  }
  const name = nameUnder(domain.name, asked.name ?? before?.name ?? (type === "MX" ? "@" : ""));
  // What is kept has no final dot, and is refused without it when it is not given anew: so does the real one.
  const data = type === "SOA" ? (before?.data ?? "") : (asked.data ?? before?.data ?? "");
  const priority = type === "MX" || type === "SRV" ? (asked.priority ?? before?.priority ?? null) : null;
  const port = type === "SRV" ? (asked.port ?? before?.port ?? null) : null;
  const weight = type === "SRV" ? (asked.weight ?? before?.weight ?? null) : null;
  const flags = type === "CAA" ? (asked.flags ?? before?.flags ?? null) : null;
  const tag = type === "CAA" ? (asked.tag ?? before?.tag ?? null) : null;
  // Zero stands for none: the vendor's Go client sends it where a record has no wish.
  const ttl = asked.ttl || before?.ttl || TTL;
  const faults = [
    name === "" ? "Name can't be blank" : name === "@" || HOSTNAME.test(name) ? undefined : NAME_FAULT,
    data === "" ? "Data can't be blank" : dataFault(type, data, tag),
    (type === "MX" || type === "SRV") && priority === null ? "Priority can't be blank" : undefined,
    type === "SRV" && port === null ? "Port can't be blank" : undefined,
    type === "SRV" && weight === null ? "Weight can't be blank" : undefined,
    type === "CAA" && flags === null ? "Flags can't be blank" : undefined,
    type === "CAA" && !TAGS.includes(tag ?? "") ? `Tag must be one of ${TAGS.join(", ")}` : undefined,
    ttl < LEAST_TTL ? `Ttl must be at least ${LEAST_TTL} seconds` : undefined,
    aliasFault(domain, type, name, before),
  ].filter((fault) => fault !== undefined);
  if (faults.length > 0) throw unprocessable(faults.join(", "));
  return { name, data: kept(domain.name, type, data), priority, port, ttl, weight, flags, tag };
}

const NAME_FAULT =
  "Name Only valid hostname characters are allowed. (a-z, A-Z, 0-9, ., _ and -) Or a single record of '@'.";

/** A name that ends with a dot is whole; any other stands below the zone, whatever it ends with. */
function nameUnder(zone: string, name: string): string {
  if (!name.endsWith(".")) return name;
  const bare = name.slice(0, -1);
  if (bare.toLowerCase() === zone) return "@";
  return bare.toLowerCase().endsWith(`.${zone}`) ? bare.slice(0, -zone.length - 1) : name;
}

function dataFault(type: RecordType, data: string, tag: string | null): string | undefined {
  switch (type) {
    case "A":
      return ipaddr.IPv4.isValidFourPartDecimal(data)
        ? undefined
        : "IP address did not match IPv4 format (e.g. 127.0.0.1).";
    case "AAAA":
      return ipaddr.IPv6.isValid(data) && !data.includes("%")
        ? undefined
        : "IP address did not match IPv6 format (e.g. 2001:db8::1).";
    case "CAA":
      return tag === "iodef" || data.endsWith(".") ? undefined : "Data needs to end with a dot (.)";
    case "CNAME":
    case "MX":
    case "NS":
    case "SRV":
      if (data === "@") return undefined;
      if (!data.endsWith(".")) return "Data needs to end with a dot (.)";
      return HOSTNAME.test(data.slice(0, -1)) ? undefined : "Data is not a valid hostname";
    case "TXT":
    case "SOA":
      return undefined;
    default:
      return type satisfies never;
  }
}

function kept(zone: string, type: RecordType, data: string): string {
  if (type === "TXT" || type === "SOA") return data;
  const bare = data.replace(/\.$/, "");
  return type !== "CAA" && bare.toLowerCase() === zone ? "@" : bare;
}

/** Nothing stands beside a CNAME (RFC 1034, section 3.6.2). */
function aliasFault(domain: Domain, type: RecordType, name: string, before?: DomainRecord): string | undefined {
  const beside = domain.records.filter((other) => other !== before && other.name.toLowerCase() === name.toLowerCase());
  const taken = type === "CNAME" ? beside.length > 0 : beside.some((other) => other.type === "CNAME");
  return taken ? "CNAME records cannot share a name with other records" : undefined;
}
