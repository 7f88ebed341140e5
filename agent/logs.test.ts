import { beforeEach, describe, expect, test } from "vitest";
import { momentOf } from "./commands/logs";
import { Failure } from "./failure";
import type { LogOrder } from "./host";
import { followLogs, type LogLine, readLogs } from "./logs";
import { MemoryHost } from "./memory";
import { writeLive } from "./record";

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, "0")}.000000000Z`;

/** Logs of containers as Docker keeps them: readers that follow get what is added, until the container ends. */
class Logs {
  readonly #lines = new Map<string, { at: string; line: string }[]>();
  readonly #readers = new Map<
    string,
    { hear: (line: string, at: string) => void; end: (thrown?: unknown) => void }[]
  >();
  /** Every order that was read with. */
  readonly orders: (LogOrder & { readonly id: string })[] = [];

  write(id: string, second: number, line: string): void {
    this.#lines.set(id, [...(this.#lines.get(id) ?? []), { at: at(second), line }]);
    for (const { hear } of this.#readers.get(id) ?? []) hear(line, at(second));
  }

  /** The container ends: everyone who reads it is told. */
  end(id: string, thrown?: unknown): void {
    for (const { end } of this.#readers.get(id) ?? []) end(thrown);
    this.#readers.delete(id);
  }

  async read(id: string, order: LogOrder, isRunning: boolean, hear: (line: string, at: string) => void) {
    this.orders.push({ ...order, id });
    const all = (this.#lines.get(id) ?? []).filter((one) => Date.parse(one.at) >= (order.since ?? 0));
    for (const one of order.lines === undefined ? all : all.slice(Math.max(0, all.length - order.lines)))
      hear(one.line, one.at);
    if (!order.follow || !isRunning) return;
    await new Promise<void>((resolve, reject) => {
      const end = (thrown?: unknown) => (thrown ? reject(thrown) : resolve());
      this.#readers.set(id, [...(this.#readers.get(id) ?? []), { hear, end }]);
    });
  }
}

let host: MemoryHost;
let logs: Logs;

function container(name: string, process: string, running = true): void {
  const release = /-r(\d+)-/.exec(name)?.[1] ?? "";
  const labels = { "slipway.app": "shop", "slipway.release": release, "slipway.process": process };
  const nothing = { image: "", writes: [], port: undefined, exitCode: 0, started: true, since: 0, stopped: false };
  host.all.push({ ...nothing, id: name, name, labels, running });
}

beforeEach(async () => {
  host = new MemoryHost();
  logs = new Logs();
  Object.assign(host.docker, {
    readLines: (id: string, order: LogOrder, hear: (line: string, at?: string) => void) =>
      logs.read(id, order, host.all.find((one) => one.id === id)?.running ?? false, hear),
  });
  container("shop-r3-web-1", "web");
  container("shop-r3-worker-1", "worker");
  await writeLive(host.files, "shop", { release: 3, sequence: 1 });
  for (const second of [1, 2, 3]) logs.write("shop-r3-web-1", second, `web ${second}`);
  logs.write("shop-r3-worker-1", 2, "work 2");
});

describe("reading", () => {
  const read = async (order: Partial<Parameters<typeof readLogs>[1]>) => {
    const lines: LogLine[] = [];
    await readLogs(host, { app: "shop", ...order }, (line) => lines.push(line));
    return lines;
  };

  test("each container's lines together, whole, with whose they are", async () => {
    expect(await read({ lines: 2 })).toEqual([
      { at: at(2), container: "shop-r3-web-1", process: "web", line: "web 2" },
      { at: at(3), container: "shop-r3-web-1", process: "web", line: "web 3" },
      { at: at(2), container: "shop-r3-worker-1", process: "worker", line: "work 2" },
    ]);
  });

  test("one process, since a moment", async () => {
    expect((await read({ process: "web", since: Date.parse(at(3)) })).map(({ line }) => line)).toEqual(["web 3"]);
  });

  test("what isn't there says what is", async () => {
    await expect(read({ app: "blog" })).rejects.toThrow("no release of blog is live on this host");
    await expect(read({ process: "cron" })).rejects.toThrow(
      "release 3 of shop has no process cron; it has: web, worker",
    );
    await expect(read({ release: 2 })).rejects.toThrow(
      "no container of release 2 of shop is left on this host; «slipway releases shop 2» shows what the release printed",
    );
  });
});

describe("following", () => {
  /** Follows while `events` happen, one at each look, and until all have. */
  async function follow(
    order: Partial<Parameters<typeof followLogs>[1]>,
    events: (() => unknown)[],
  ): Promise<string[]> {
    const lines: string[] = [];
    Object.assign(host, {
      sleep: async () => {
        await events.shift()?.();
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    await followLogs(
      host,
      { app: "shop", ...order },
      ({ container, line }) => lines.push(`${container} ${line}`),
      () => events.length === 0,
    );
    return lines;
  }

  test("goes over to the next release, and reads the old one to its end", async () => {
    const lines = await follow({ process: "web", lines: 1 }, [
      () => {
        container("shop-r4-web-1", "web");
        logs.write("shop-r4-web-1", 4, "new, not live yet");
      },
      () => writeLive(host.files, "shop", { release: 4, sequence: 2 }),
      () => logs.write("shop-r3-web-1", 5, "old, last request"),
      () => {
        logs.end("shop-r3-web-1", new Failure("no such container"));
        host.all = host.all.filter(({ id }) => id !== "shop-r3-web-1");
      },
      () => logs.write("shop-r4-web-1", 6, "new"),
      () => {},
    ]);
    expect(lines).toEqual([
      "shop-r3-web-1 web 3",
      "shop-r4-web-1 new, not live yet",
      "shop-r3-web-1 old, last request",
      "shop-r4-web-1 new",
    ]);
  });

  test("comes back to a container that was started again, without a line twice or missing", async () => {
    const web = host.all.find(({ id }) => id === "shop-r3-web-1");
    const run = (running: boolean) => Object.assign(web ?? {}, { running });
    const lines = await follow({ process: "web", lines: 0 }, [
      () => logs.write("shop-r3-web-1", 4, "crash"),
      () => {
        run(false);
        logs.end("shop-r3-web-1");
      },
      () => {
        run(true);
        logs.write("shop-r3-web-1", 4, "same second");
        logs.write("shop-r3-web-1", 5, "again");
      },
      () => logs.write("shop-r3-web-1", 6, "on"),
      () => {},
    ]);
    // Two lines of one nanosecond are the one thing that can't be told apart.
    expect(lines).toEqual(["shop-r3-web-1 crash", "shop-r3-web-1 again", "shop-r3-web-1 on"]);
    expect(logs.orders[0]).toEqual({ id: "shop-r3-web-1", follow: true, lines: 0 });
    expect(logs.orders.at(-1)).toEqual({ id: "shop-r3-web-1", follow: true, since: Date.parse(at(4)) });
  });

  test("doesn't bring up later what was not asked for of a container that has ended", async () => {
    for (const one of host.all) one.running = false;
    Object.assign(host, { now: () => Date.parse(at(10)) });
    expect(await follow({ lines: 0 }, [() => {}, () => {}, () => {}])).toEqual([]);
  });

  test("one release by its number ends with it", async () => {
    const stop = () => {
      for (const one of host.all) {
        one.running = false;
        logs.end(one.id);
      }
    };
    expect(await follow({ release: 3, process: "worker" }, [stop, () => {}, () => {}, () => {}])).toEqual([
      "shop-r3-worker-1 work 2",
    ]);
  });

  test("a log that can't be read is told", async () => {
    await expect(
      follow({ process: "web" }, [() => logs.end("shop-r3-web-1", new Failure("unreadable")), () => {}, () => {}]),
    ).rejects.toThrow("unreadable");
  });
});

test("moments: so long ago, or a date", () => {
  const now = Date.UTC(2026, 0, 2);
  expect(["90s", "10m", "2h", "1d", "2026-01-01T12:00:00Z"].map((text) => now - momentOf(text, now))).toEqual([
    90_000, 600_000, 7_200_000, 86_400_000, 43_200_000,
  ]);
  expect(() => momentOf("soon", now)).toThrow("expected e.g. 90s, 10m, 2h, 1d or 2026-01-31T12:00:00Z");
});
