import type { State } from "../state";

/** An address that is reserved and can be moved between droplets. */
export interface ReservedIp {
  readonly ip: string;
  readonly region: string;
  /** Id of the droplet it is shown with. */
  droplet: number | null;
  /** Id of the droplet it is on its way to; the same as `droplet` when nothing is under way. */
  target: number | null;
  /** Id of the project it was made for; `null` is the default project. */
  readonly project: string | null;
}

/** The reserved addresses a droplet's machine should answer on. */
export function extraAddresses(state: State, droplet: number): string[] {
  return state.reservedIps.filter((ip) => ip.target === droplet).map((ip) => ip.ip);
}
