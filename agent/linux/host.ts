/** The real machine. */
import { randomBytes } from "node:crypto";
import { readFile, statfs } from "node:fs/promises";
import { get } from "node:http";
import { connect, createServer } from "node:net";
import { hostname } from "node:os";
import { openConnections } from "../connections";
import type { Host, Probe } from "../host";
import { inBackground } from "./background";
import { linuxDocker } from "./docker";
import { linuxEdge } from "./edge";
import { linuxFiles } from "./files";
import { linuxLock } from "./lock";
import { memoryOf } from "./memory";
import { linuxOutside } from "./outside";
import { linuxDatabase } from "./postgres";
import { linuxServices } from "./services";
import { linuxShares } from "./shares";
import { linuxTimers } from "./timers";

/** The machine this program runs on; needs root. */
export const linuxHost: Host = {
  files: linuxFiles,
  docker: linuxDocker,
  edge: linuxEdge,
  outside: linuxOutside,
  shares: linuxShares,
  database: linuxDatabase,
  timers: linuxTimers,
  services: linuxServices,
  inBackground,
  async disk(path) {
    const { bavail, blocks, bsize } = await statfs(path);
    return { free: bavail * bsize, size: blocks * bsize };
  },
  machine: async () => ({ name: hostname(), memory: memoryOf(await readFile("/proc/meminfo", "utf8")) }),
  lock: linuxLock,
  probe,
  connect: keptConnection,
  portFree,
  connections: async (port) => openConnections(await readFile("/proc/net/tcp", "utf8"), port),
  now: () => Date.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => randomBytes(32).toString("hex"),
};

async function probe({ port, path, host, scheme, headers, limit }: Probe): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = get(
      {
        host: "127.0.0.1",
        port,
        path,
        // A connection of its own each time: a kept one could outlive the container it leads to.
        agent: false,
        headers: { host, "x-forwarded-host": host, "x-forwarded-proto": scheme, "user-agent": "slipway", ...headers },
        signal: AbortSignal.timeout(limit),
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    sent.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.name === "AbortError" || error.name === "TimeoutError"
          ? new Error(`no answer within ${limit / 1000} s`)
          : error,
      ),
    );
  });
}

/** Milliseconds that a connection is watched: Docker's own proxy takes any, and ends at once those that nobody in the container wants. */
const KEPT = 50;

async function keptConnection(port: number, limit: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    const end = (reason?: Error) => {
      clearTimeout(timer);
      socket.destroy();
      if (reason) reject(reason);
      else resolve();
    };
    let timer = setTimeout(() => end(new Error(`no answer within ${limit / 1000} s`)), limit);
    socket.once("connect", () => {
      clearTimeout(timer);
      timer = setTimeout(end, KEPT);
    });
    // A server that speaks first is there, whatever it says.
    socket.once("data", () => end());
    socket.once("end", () => end(new Error("the connection was closed at once")));
    socket.on("error", (error) => end(error));
  });
}

async function portFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
