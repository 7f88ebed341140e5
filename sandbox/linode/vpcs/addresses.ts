import ipaddr from "ipaddr.js";
import { addressNumber, nextFree, numberAddress } from "../../cloud/network";
import { refused } from "../errors";
import type { State } from "../state";
import { type Subnet, usersOf } from "./model";

/** The lowest address of a subnet that no interface has; the first belongs to its gateway. Throws the API's 400 when all are taken. */
export function nextHost(state: State, subnet: Subnet): string {
  const first = addressNumber(ipaddr.IPv4.networkAddressFromCIDR(subnet.ipv4).toString());
  const last = addressNumber(ipaddr.IPv4.broadcastAddressFromCIDR(subnet.ipv4).toString());
  const taken = usersOf(state, subnet.id).flatMap(({ interfaces }) =>
    interfaces.flatMap(({ address }) => address ?? []),
  );
  const free = nextFree([numberAddress(first + 2), numberAddress(last - 1)], taken);
  if (free === undefined) throw refused("The subnet has no free address", "subnet_id");
  return free;
}
