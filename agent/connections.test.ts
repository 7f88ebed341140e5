import { expect, test } from "vitest";
import { openConnections } from "./connections";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:4E20 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 0100007F:4E20 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 2 1 0
   2: 0100007F:C350 0100007F:4E20 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0
   3: 0100007F:4E20 0100007F:C351 06 00000000:00000000 00:00000000 00000000     0        0 4 1 0
   4: 0100007F:C352 0100007F:4E21 01 00000000:00000000 00:00000000 00000000     0        0 5 1 0
`;

test("counts open connections that lead to the port, not listeners, not closed ones, not the far end", () => {
  expect(openConnections(TABLE, 20_000)).toBe(1);
  expect(openConnections(TABLE, 20_001)).toBe(1);
  expect(openConnections(TABLE, 20_002)).toBe(0);
});
