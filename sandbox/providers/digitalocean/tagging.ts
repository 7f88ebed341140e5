/** Tags of things that have an API of their own. */

import { texts } from "../bridged";
import type { Value } from "../wire";
import type { Api } from "./api";

/** Takes off the tags that are given no more and puts on the new ones, which are made if there are none of the name. */
export async function retag(
  api: Api,
  resource: { resource_id: string; resource_type: "droplet" | "volume" | "database" },
  old: Value | undefined,
  now: Value | undefined,
  signal: AbortSignal,
): Promise<void> {
  const [before, after] = [texts(old), texts(now)];
  for (const tag of before.filter((tag) => !after.includes(tag))) {
    await api.delete(`v2/tags/${encodeURIComponent(tag)}/resources`, signal, { resources: [resource] });
  }
  for (const tag of after.filter((tag) => !before.includes(tag))) {
    await api.post("v2/tags", { name: tag }, signal);
    await api.post(`v2/tags/${encodeURIComponent(tag)}/resources`, { resources: [resource] }, signal);
  }
}
