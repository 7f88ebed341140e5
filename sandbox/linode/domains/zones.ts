import type { Zone } from "../../dns/names";
import type { State } from "../state";
import type { DomainRecord } from "./model";
import { zoneFile } from "./zoneFile";

/** The zones that this cloud's name servers answer for. */
export function zonesOf(state: State): readonly Zone[] {
  return state.domains
    .filter(({ type, status }) => type === "master" && status === "active")
    .map((domain) => ({
      name: domain.domain.toLowerCase(),
      created: domain.created,
      text: `${zoneFile({ ...domain, records: answerable(domain.records) }).join("\n")}\n`,
    }));
}

/** The API lets a CAA record stand beside a CNAME; a name server has nothing else beside one (RFC 1034, section 3.6.2). */
function answerable(records: readonly DomainRecord[]): DomainRecord[] {
  const other = new Set(records.filter(({ type }) => type === "CNAME").map(({ name }) => name.toLowerCase()));
  return records.filter(({ type, name }) => type === "CNAME" || !other.has(name.toLowerCase()));
}
