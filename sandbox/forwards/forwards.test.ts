import { mkdtemp } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { TcpForwards } from "./forwards";

const ending: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) await end();
});

async function listening(handle: (socket: Socket) => void, port = 0): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, handle);
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  ending.push(() => new Promise((done) => server.close(done)));
  return { server, port: (server.address() as { port: number }).port };
}

async function forwards(file: string, preferred: readonly number[]): Promise<TcpForwards> {
  const made = new TcpForwards(file, preferred);
  ending.push(() => made.close());
  return made;
}

const fresh = async () => join(await mkdtemp(join(tmpdir(), "forwards-")), "forwards.json");

/** Sends a text, ends the sending side and reads to the end. */
function say(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answer = "";
    socket.on("data", (piece) => {
      answer += piece.toString();
    });
    socket.once("end", () => resolve(answer));
    socket.once("error", reject);
    socket.end(text);
  });
}

/** Answers once it has read everything. */
const polite = (socket: Socket) => {
  let heard = "";
  socket.on("data", (piece) => {
    heard += piece.toString();
  });
  socket.once("end", () => socket.end(`heard ${heard}`));
};

describe("TcpForwards", () => {
  it("leads to the port, both ways, with an ended sending side kept apart", async () => {
    const target = await listening(polite);
    const ways = await forwards(await fresh(), []);
    const { host, port } = await ways.open("127.0.0.1", target.port);
    expect(host).toBe("127.0.0.1");
    expect(await say(port, "hello")).toBe("heard hello");
  });

  it("gives one target one port, also when asked twice at once", async () => {
    const target = await listening(polite);
    const ways = await forwards(await fresh(), []);
    const [one, two] = await Promise.all([ways.open("127.0.0.1", target.port), ways.open("127.0.0.1", target.port)]);
    expect(one).toEqual(two);
    expect(ways.list()).toEqual([{ address: "127.0.0.1", port: target.port, local: one.port }]);
  });

  it("takes preferred ports in their order, passing over those that are taken", async () => {
    const taken = await listening(polite);
    const free = await listening(polite);
    await new Promise((done) => free.server.close(done));
    const ways = await forwards(await fresh(), [taken.port, free.port]);
    expect((await ways.open("127.0.0.1", 1)).port).toBe(free.port);
    expect([taken.port, free.port]).not.toContain((await ways.open("127.0.0.1", 2)).port);
  });

  it("opens the same ports again after a restart", async () => {
    const target = await listening(polite);
    const file = await fresh();
    const before = await forwards(file, []);
    const { port } = await before.open("127.0.0.1", target.port);
    await before.close();
    const after = await forwards(file, []);
    await after.restore();
    expect(await after.open("127.0.0.1", target.port)).toEqual({ host: "127.0.0.1", port });
    expect(await say(port, "again")).toBe("heard again");
  });

  it("refuses a connection where nothing listens behind it, and goes on", async () => {
    const target = await listening(polite);
    await new Promise((done) => target.server.close(done));
    const ways = await forwards(await fresh(), []);
    const { port } = await ways.open("127.0.0.1", target.port);
    await expect(say(port, "anyone?")).rejects.toThrow(/ECONNRESET|EPIPE/);
    await listening(polite, target.port);
    expect(await say(port, "now?")).toBe("heard now?");
  });
});
