import { expect, it } from "vitest";
import type { Probe } from "../host";
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
  const container = { id: "1", name: "web", labels, running: true, image: "x" };
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
  const container = { id: "1", name: "web", labels: {}, running: true, image: "x" };
  await expect(lackOfNew(host, record({}), container)).rejects.toThrow(told);
});
