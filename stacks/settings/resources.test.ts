import { expect, it } from "vitest";
import { limitOf, Resources, resourceMistakes, withLimit } from "./resources";

it("takes a process's own limits before those of every process", () => {
  const resources = Resources.parse({ "*": { memory: 512, cpus: 0.5 }, worker: { memory: 256 } });
  expect(limitOf(resources, "web")).toEqual({ memory: 512, cpus: 0.5 });
  expect(limitOf(resources, "worker")).toEqual({ memory: 256, cpus: 0.5 });
  expect(limitOf({}, "web")).toEqual({});
});

it("refuses what Docker would refuse on the host", () => {
  const wrong = [
    { web: { memory: 5 } },
    { web: { cpus: 0 } },
    { web: { memory: "512M" } },
    { Web: {} },
    { web: { cpu: 1 } },
  ];
  expect(wrong.filter((value) => Resources.safeParse(value).success)).toEqual([]);
});

it("names processes that there are none of, and what was meant", () => {
  expect(resourceMistakes("slipway:apps.notes.resources", { "*": {}, wbe: {} }, ["web", "worker"])).toEqual([
    {
      path: "slipway:apps.notes.resources.wbe",
      what: '"wbe" is no process of the app',
      allowed: "web, worker, *",
      mend: "did you mean web?",
    },
  ]);
});

it("puts the stack's limits in place of the compose file's, in whichever way that says them", () => {
  const service = {
    mem_limit: "1g",
    memswap_limit: "2g",
    cpus: 2,
    restart: "always",
    deploy: {
      resources: { limits: { memory: "1G", pids: 100 }, reservations: { memory: "800M", cpus: "1" } },
      update_config: { order: "stop-first" },
    },
  };
  expect(withLimit(service, { memory: 512 })).toEqual({
    cpus: 2,
    restart: "always",
    deploy: {
      resources: { limits: { memory: "512M", pids: 100 }, reservations: { cpus: "1" } },
      update_config: { order: "stop-first" },
    },
  });
  expect(withLimit({ image: "x" }, { memory: 512, cpus: 0.5 })).toEqual({
    image: "x",
    deploy: { resources: { limits: { memory: "512M", cpus: "0.5" } } },
  });
  expect(withLimit(service, {})).toBe(service);
});
