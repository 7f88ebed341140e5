import type { Cloud } from "../cloud";
import { notFound } from "../errors";
import type { Domain } from "./model";

/** The zone of an id as it stands in a path. Throws the API's 404. */
export function requireDomain(cloud: Cloud, id: string): Domain {
  const domain = cloud.state.domains.find((known) => String(known.id) === id);
  if (!domain) throw notFound();
  return domain;
}
