import ipaddr from "ipaddr.js";
import { z } from "zod";
import { type Reason, refuseAll } from "../errors";
import { type Domain, type DomainRecord, keptInterval, RECORD_TYPES, type RecordType } from "./model";

const HOSTNAME = /^(\*\.)?([a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?\.)*[a-zA-Z0-9_]([a-zA-Z0-9_-]*[a-zA-Z0-9_])?\.?$/;
const TAGS = ["issue", "issuewild", "iodef"];

/** The members of a record as requests bring them. */
export const AskedRecord = z.object({
  name: z.string().max(100, "Length must be 0-100 characters").nullish(),
  target: z.string().nullish(),
  priority: z.number().int().min(0, "Must be 0-255").max(255, "Must be 0-255").nullish(),
  weight: z.number().int().min(0, "Must be 0-65535").max(65_535, "Must be 0-65535").nullish(),
  port: z.number().int().min(0, "Must be 0-65535").max(65_535, "Must be 0-65535").nullish(),
  service: z.string().nullish(),
  protocol: z.string().nullish(),
  ttl_sec: z.number().int().min(0, "Must be 0 or greater").nullish(),
  tag: z.string().nullish(),
});
/** A new record as requests bring it. */
export const NewRecord = AskedRecord.extend({
  type: z.enum(RECORD_TYPES, {
    error: ({ input }) => (input === undefined ? "type is required" : `Must be one of ${RECORD_TYPES.join(", ")}`),
  }),
});

/** What a record's members come to when those asked for are laid over those it has. Throws the API's 400 for what cannot be. */
export function recordContent(
  domain: Domain,
  type: RecordType,
  asked: z.infer<typeof AskedRecord>,
  before?: DomainRecord,
): Omit<DomainRecord, "id" | "type" | "created" | "updated"> {
  const service = (asked.service ?? before?.service)?.replace(/^_/, "") ?? null;
  const protocol = (asked.protocol ?? before?.protocol)?.replace(/^_/, "") ?? null;
  const srv = type === "SRV" && service && protocol;
  const content = {
    name: srv ? `_${service}._${protocol}` : nameUnder(domain.domain, asked.name ?? before?.name ?? ""),
    target: targetOf(type, asked.target ?? before?.target ?? ""),
    priority: asked.priority ?? before?.priority ?? 0,
    weight: asked.weight ?? before?.weight ?? 0,
    port: asked.port ?? before?.port ?? 0,
    service: type === "SRV" ? service : null,
    protocol: type === "SRV" ? protocol : null,
    ttl: keptInterval(asked.ttl_sec ?? before?.ttl ?? 0),
    tag: type === "CAA" ? (asked.tag ?? before?.tag ?? null) : null,
  };
  refuseAll(faultsOf(domain, type, content, before));
  return content;
}

/** A name without the zone's own at its end. */
function nameUnder(zone: string, name: string): string {
  const bare = name.replace(/\.$/, "");
  if (bare.toLowerCase() === zone.toLowerCase()) return "";
  return bare.toLowerCase().endsWith(`.${zone.toLowerCase()}`) ? bare.slice(0, -zone.length - 1) : bare;
}

/** The cloud keeps host names without their final dot. */
function targetOf(type: RecordType, target: string): string {
  return type === "TXT" || type === "CAA" ? target : target.replace(/\.$/, "");
}

type Content = ReturnType<typeof recordContent>;

function faultsOf(domain: Domain, type: RecordType, content: Content, before?: DomainRecord): Reason[] {
  const faults: Reason[] = [];
  const fault = (field: string, reason: string) => faults.push({ reason, field });
  if (content.name !== "" && content.name !== "*" && !HOSTNAME.test(content.name)) {
    fault("name", "Name contains invalid characters");
    fault("name", "Invalid hostname");
  }
  const wrongTarget = targetFault(type, content.target);
  if (wrongTarget) fault("target", wrongTarget);
  if (type === "SRV" && !content.service) fault("service", "service is required");
  if (type === "SRV" && !content.protocol) fault("protocol", "protocol is required");
  if (type === "CAA" && !TAGS.includes(content.tag ?? "")) fault("tag", `Must be one of ${TAGS.join(", ")}`);
  if (type === "CNAME" && content.name === "") fault("name", "name is required");
  const beside = domain.records.filter((other) => other !== before && other.name === content.name);
  if (type === "CNAME" && beside.some((other) => other.type !== "CAA")) {
    fault("name", "Record conflict - CNAMES must be unique");
  }
  if (type !== "CNAME" && beside.some((other) => other.type === "CNAME")) {
    fault("name", "Record conflict - CNAMES must be unique");
  }
  return faults;
}

function targetFault(type: RecordType, target: string): string | undefined {
  switch (type) {
    case "A":
      return ipaddr.IPv4.isValidFourPartDecimal(target) ? undefined : "Invalid IPv4 address";
    case "AAAA":
      return ipaddr.IPv6.isValid(target) ? undefined : "Invalid IPv6 address";
    case "TXT":
    case "CAA":
      return target === "" ? "target is required" : undefined;
    case "MX":
      // Without a target it says that the zone takes no mail.
      return target === "" || HOSTNAME.test(target) ? undefined : "Invalid hostname";
    case "NS":
    case "CNAME":
    case "SRV":
    case "PTR":
      return HOSTNAME.test(target) ? undefined : "Invalid hostname";
    default:
      return type satisfies never;
  }
}
