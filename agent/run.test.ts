import { beforeEach, expect, test } from "vitest";
import { envFile } from "./env-file";
import { runJob } from "./jobs";
import { MemoryHost } from "./memory";
import { releasePaths } from "./paths";
import { writeLive, writeRecord } from "./record";
import { record } from "./record.examples";
import { processToRun, runCommand } from "./run";

const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
const nightly = { image, compose: {}, replicas: 1, schedule: "0 3 * * *" };
let host: MemoryHost;
let orders: unknown[];

beforeEach(async () => {
  host = new MemoryHost();
  orders = [];
  host.docker.runOneOff = async (order) => {
    orders.push(order);
    return 4;
  };
  const live = record({ processes: { ...record().content.processes, nightly } });
  await writeRecord(host.files, live);
  await host.files.write(releasePaths("shop", 3).environment, envFile({ RELEASE: "3", SECRET: "it's" }), 0o600);
  await writeLive(host.files, "shop", { release: 3, sequence: 1 });
});

const order = {
  folder: "/var/lib/slipway/apps/shop/releases/3",
  project: "shop-r3",
  environment: { RELEASE: "3", SECRET: "it's" },
};

test("a command runs in the live release's image with its environment; its exit code is the answer", async () => {
  const command = ["python", "-c", "print('$HOME')"];
  expect(await runCommand(host, "shop", { command, terminal: true })).toBe(4);
  expect(await runCommand(host, "shop", { command, terminal: false, process: "worker" })).toBe(4);
  expect(orders).toEqual([
    { ...order, service: "web", command, terminal: true },
    { ...order, service: "worker", command, terminal: false },
  ]);
});

test("a job runs its process's own command, without a terminal, and says how it went", async () => {
  const said: string[] = [];
  expect(await runJob(host, "shop", "nightly", (line) => said.push(line))).toBe(4);
  expect(orders).toEqual([{ ...order, service: "nightly", command: [], terminal: false }]);
  expect(said).toEqual(["nightly of shop starts, release 3", "nightly of shop ended with exit code 4 after 0.0 s"]);
});

test("a job of a release from before its compose file was refused goes on, and says what the next release will meet", async () => {
  const old = { ...nightly, compose: { pid: "host" } };
  await writeRecord(host.files, record({ processes: { ...record().content.processes, nightly: old } }));
  const said: string[] = [];
  expect(await runJob(host, "shop", "nightly", (line) => said.push(line))).toBe(4);
  expect(said[0]).toMatch(
    /^! the next release will be refused: process nightly: pid: "host" would give it the processes/,
  );
});

test("whose process a command gets, if nobody says", () => {
  const { processes, routes } = record().content;
  const web = processes.web ?? nightly;
  const release = { process: "worker", command: ["migrate"] };
  expect(processToRun({ content: { ...record().content, release } })).toBe("worker");
  expect(processToRun({ content: { ...record().content, routes } })).toBe("web");
  expect(processToRun({ content: { ...record().content, routes: [], processes: { one: web, nightly } } })).toBe("one");
  expect(() => processToRun(record({ routes: [] }))).toThrow(
    "shop has no release command and no route that would say which process is meant; say --process web or worker",
  );
});

test.each([
  [() => runCommand(host, "blog", { command: ["x"], terminal: false }), "no release of blog is live on this host"],
  [
    () => runCommand(host, "shop", { command: ["x"], terminal: false, process: "nope" }),
    "release 3 of shop has no process nope; it has: web, worker, nightly",
  ],
  [() => runJob(host, "shop", "worker", () => {}), "release 3 of shop has no process worker with a schedule"],
])("what isn't there is not run", async (running, reason) => {
  await expect(running()).rejects.toThrow(reason);
  expect(orders).toEqual([]);
});

test("without the files of the release nothing is run", async () => {
  await host.files.remove(releasePaths("shop", 3).environment);
  await expect(runCommand(host, "shop", { command: ["x"], terminal: false })).rejects.toThrow(
    "the files of release 3 of shop are not whole; release it again",
  );
});
