import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { holderOfPort, listenersOn } from "./portHolder";

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2120 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 00000000:2120 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0 0 10 0
   2: 0102A8C0:2120 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
   3: 0100007F:2120 0100007F:9000 01 00000000:00000000 00:00000000 00000000     0        0 4714 1 0 100 0 0 10 0
`;

describe("listenersOn", () => {
  it("counts listeners on loopback and on every address, not others, not connections", () => {
    expect(listenersOn(table, 8480)).toEqual(["4711", "4712"]);
    expect(listenersOn(table, 8481)).toEqual([]);
  });
});

describe("holderOfPort", () => {
  it("names the process, and no one where the port is free", async () => {
    const server = createServer();
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    expect(await holderOfPort(port)).toContain(`process ${process.pid} (`);
    await new Promise((done) => server.close(done));
    expect(await holderOfPort(port)).toBeUndefined();
  });
});
