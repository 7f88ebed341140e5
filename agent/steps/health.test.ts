import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { Condition, Probe } from "../host";
import { linuxHost } from "../linux/host";
import { MemoryHost } from "../memory";
import { record } from "../record.examples";
import { lackOf, lackOfNew } from "./health";

it.each([
  [{}, "/up", {}],
  [{ path: "/shop" }, "/shop/up", { "X-Script-Name": "/shop" }],
  [{ path: "/shop", strip: true }, "/up", { "X-Script-Name": "/shop", "X-Forwarded-Prefix": "/shop" }],
])("an app is asked for its health as the edge asks for its pages: %j", async (changes, path, headers) => {
  const host = new MemoryHost();
  const asked: Probe[] = [];
  host.probe = async (probe) => {
    asked.push(probe);
    return 200;
  };
  host.docker.condition = async () => ({ status: "running", exitCode: 0, restarts: 0, outOfMemory: false });
  const live = record({ routes: [{ host: "shop.test", process: "web", ...changes }] });
  const labels = { "slipway.process": "web", "slipway.replica": "0" };
  const container = { id: "1", name: "web", labels, running: true, image: "x", writes: [] };
  expect(await lackOf(host, live, container)).toBeUndefined();
  expect(asked).toMatchObject([{ port: 20_000, path, host: "shop.test", scheme: "https", headers }]);
  expect(asked[0]?.headers).toEqual(headers);
});

it.each([
  [3, "web ended with exit code 3 soon after its start"],
  [undefined, "web ended soon after its start"],
])("one that Docker has started again already is told by what it ended with before: %j", async (code, told) => {
  const host = new MemoryHost();
  host.docker.condition = async () => ({ status: "running", exitCode: 0, restarts: 1, outOfMemory: false });
  host.docker.lastExitCode = async () => code;
  const container = { id: "1", name: "web", labels: {}, running: true, image: "x", writes: [] };
  await expect(lackOfNew(host, record({}), container)).rejects.toThrow(told);
});

describe("a process that speaks no HTTP", () => {
  const labels = { "slipway.process": "cache", "slipway.replica": "0" };
  const container = { id: "1", name: "cache", labels, running: true, image: "x", writes: [] };
  const cache = { image: record({}).content.processes.web?.image ?? "", compose: {}, port: 6379, replicas: 1 };

  /** What is asked of a process, and what it lacks. */
  async function looked(
    changes: { health?: string; routed?: boolean; condition?: Partial<Condition>; refused?: boolean } = {},
  ) {
    const { health, routed = false, condition = {}, refused = false } = changes;
    const host = new MemoryHost();
    const asked: string[] = [];
    host.probe = async ({ path }) => {
      asked.push(`GET ${path}`);
      return 200;
    };
    host.connect = async (port) => {
      asked.push(`connect ${port}`);
      if (refused) throw new Error("connection refused");
    };
    host.docker.condition = async () => ({
      status: "running",
      exitCode: 0,
      restarts: 0,
      outOfMemory: false,
      ...condition,
    });
    const live = record({
      processes: { cache: { ...cache, ...(health && { health }) } },
      routes: routed ? [{ host: "shop.test", process: "cache" }] : [],
    });
    return { lack: await lackOf(host, { ...live, ports: { cache: [20_000] } }, container), asked };
  }

  it.each([
    ["no route, no path, no check: its port", {}, ["connect 20000"], undefined],
    ["the same, refused", { refused: true }, ["connect 20000"], "TCP connection to its port 6379: connection refused"],
    ["its container's check, and nothing else", { condition: { health: "healthy" as const } }, [], undefined],
    [
      "its container's check fails",
      { condition: { health: "unhealthy" as const }, refused: true },
      [],
      "its container's health check is unhealthy",
    ],
    [
      "it has ended: nothing more is asked",
      { condition: { status: "exited" as const } },
      ["connect 20000"],
      "it is exited",
    ],
    ["a path decides for HTTP", { health: "/up" }, ["GET /up"], undefined],
    ["a route decides for HTTP", { routed: true }, ["GET /"], undefined],
  ])("%s", async (_name, changes, asked, lack) => {
    const found = await looked(changes);
    expect(found.lack).toBe(lack);
    if (found.lack !== "it is exited") expect(found.asked).toEqual(asked);
  });

  describe("on a real socket", () => {
    const servers: ReturnType<typeof createServer>[] = [];
    afterEach(() => {
      for (const server of servers.splice(0)) server.close();
    });
    const portOf = async (onConnection: (socket: Socket) => void) => {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        onConnection(socket);
      });
      servers.push(server.listen(0, "127.0.0.1"));
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    };

    it("one that waits to be spoken to, and one that speaks first, take connections", async () => {
      await linuxHost.connect(await portOf(() => {}), 1000);
      await linuxHost.connect(await portOf((socket) => socket.write("220 ready\r\n")), 1000);
    });

    it("one that ends every connection, as a proxy with nobody behind it does, and one that is not there, do not", async () => {
      await expect(linuxHost.connect(await portOf((socket) => socket.end()), 1000)).rejects.toThrow("closed at once");
      await expect(linuxHost.connect(await portOf((socket) => socket.resetAndDestroy()), 1000)).rejects.toThrow();
      const port = await portOf(() => {});
      await new Promise((resolve) => servers.pop()?.close(resolve));
      await expect(linuxHost.connect(port, 1000)).rejects.toThrow("ECONNREFUSED");
    });
  });
});
