import { nextFree } from "../../cloud/network";
import type { State } from "../state";

/** Addresses the cloud gives in its private network; records, for no machine answers on them. */
const RANGE = ["192.168.128.2", "192.168.255.254"] as const;

/** The lowest private address that no Linode has. */
export function nextPrivate(state: State): string {
  const taken = state.instances.flatMap((instance) => instance.privateAddress ?? []);
  return nextFree(RANGE, taken) ?? RANGE[1];
}
