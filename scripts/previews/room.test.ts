import { expect, it } from "vitest";
import { memoryWanted, readRoom, refuseFull } from "./room";

const text = `MemTotal:        2014052 kB
MemFree:          150000 kB
MemAvailable:    1048576 kB
 5000000000 50000000000
`;

it("reads what a machine says", () => {
  expect(readRoom(text)).toEqual({ memory: 1024 ** 3, disk: 5e9, diskSize: 5e10 });
});

it("refuses in one line what a machine has no room for, and nothing else", () => {
  const room = readRoom(text);
  expect(() => refuseFull("staging", 960, room)).not.toThrow();
  expect(() => refuseFull("staging", 961, room)).toThrow(
    /^the machine of staging is full: a preview may take 961 MB of memory, and 960 MB are free; nothing was made\. [^\n]+$/,
  );
  expect(() => refuseFull("staging", 0, { ...room, disk: 1.6e9 })).not.toThrow();
  expect(() => refuseFull("staging", 0, { ...room, disk: 1.5e9 })).toThrow(
    /^the disk of staging's machine is full: a preview is taken to want 600 MB, and 500 MB are free; nothing was made\. [^\n]+$/,
  );
});

it("counts what processes may take together, replicas and all", () => {
  const service = (name: string, more = {}) => ({ name, source: { image: "x" }, compose: {}, ...more });
  const services = [service("web"), service("worker"), service("nightly", { schedule: "0 3 * * *" })];
  const app = {
    compose: { services, volumes: [] },
    resources: { "*": { memory: 512 }, worker: { memory: 100 } },
    replicas: { web: 2 },
  };
  expect(memoryWanted({ apps: [app] } as never)).toBe(1124);
  expect(memoryWanted({ apps: [{ ...app, resources: {} }] } as never)).toBe(0);
});
