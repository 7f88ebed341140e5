import { expect, test } from "vitest";
import { localAddresses } from "./local-addresses";

test("addresses of the host, and no network or broadcast address", () => {
  const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        |-- 127.0.0.1
           /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 172.29.0.0/24 2 0 2
        |-- 172.29.0.0
           /24 link UNICAST
        |-- 172.29.0.1
           /32 host LOCAL
        |-- 172.29.0.255
           /32 link BROADCAST
`;
  expect([...localAddresses(trie)]).toEqual(["127.0.0.1", "172.29.0.1"]);
});
