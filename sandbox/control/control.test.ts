import { describe, expect, it } from "vitest";
import { dropletBody, testSandbox } from "../testing";

const ID = 530000001;
const status = async (ask: ReturnType<typeof testSandbox>["ask"]) => {
  return (await ask("GET", `/v2/droplets/${ID}`)).body.droplet.status;
};

describe("transitions", () => {
  it("machine: active when the machine is there, not before", async () => {
    const { ask, machines, settled } = testSandbox();
    const release = machines.hold();
    await ask("POST", "/v2/droplets", dropletBody());
    expect([await status(ask), await status(ask), await status(ask)]).toEqual(["new", "new", "new"]);
    release();
    await settled();
    expect(await status(ask)).toBe("active");
  });

  it("immediate: the answer comes when it is done", async () => {
    const { ask } = testSandbox({ machineImage: "bare", transitions: { mode: "immediate" } });
    const made = await ask("POST", "/v2/droplets", dropletBody());
    expect(made.body.droplet).toMatchObject({ status: "active", locked: false });
    const off = await ask("POST", `/v2/droplets/${ID}/actions`, { type: "power_off" });
    expect(off.body.action).toMatchObject({ status: "completed", completed_at: "2026-11-21T12:00:00Z" });
    await ask("DELETE", `/v2/droplets/${ID}`);
    expect((await ask("GET", `/v2/droplets/${ID}`)).status).toBe(404);
  });

  it("polls: not before it was read so often", async () => {
    const { ask, settled } = testSandbox({ machineImage: "golden", transitions: { mode: "polls", polls: 2 } });
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    expect([await status(ask), await status(ask), await status(ask)]).toEqual(["new", "new", "active"]);
    const { id } = (await ask("POST", `/v2/droplets/${ID}/actions`, { type: "reboot" })).body.action;
    await settled();
    const action = async () => (await ask("GET", `/v2/actions/${id}`)).body.action.status;
    expect([await action(), await action(), await action()]).toEqual(["in-progress", "in-progress", "completed"]);
  });

  it("seconds: not before so much time has passed by the sandbox's clock", async () => {
    const { ask, settled } = testSandbox({ machineImage: "golden", transitions: { mode: "seconds", seconds: 30 } });
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    await ask("POST", "/_sandbox/clock/advance", { seconds: 29 });
    expect(await status(ask)).toBe("new");
    await ask("POST", "/_sandbox/clock/advance", { seconds: 1 });
    expect(await status(ask)).toBe("active");
    expect((await ask("GET", "/v2/actions/2900000001")).body.action.completed_at).toBe("2026-11-21T12:00:30Z");
  });

  it("choose the machines' image", async () => {
    const { ask, machines, settled } = testSandbox();
    const settings = { machineImage: "bare", transitions: { mode: "machine" } };
    expect((await ask("PUT", "/_sandbox/settings", { machineImage: "bare" })).body).toEqual(settings);
    expect((await ask("GET", "/_sandbox/settings")).body).toEqual(settings);
    await ask("POST", "/v2/droplets", dropletBody());
    await settled();
    expect(machines.look(`droplet-${ID}`)?.order.image).toBe("bare");
  });

  it.each([{ machineImage: "gold" }, { transitions: { mode: "polls" } }, { unknown: 1 }])("refuse %j", async (body) => {
    const { ask } = testSandbox();
    const got = await ask("PUT", "/_sandbox/settings", body);
    expect(got.status).toBe(422);
    expect((await ask("GET", "/_sandbox/settings")).body).toEqual({
      machineImage: "golden",
      transitions: { mode: "machine" },
    });
  });
});

describe("faults", () => {
  it("answer instead of the API, so many times", async () => {
    const { ask } = testSandbox();
    const fault = { kind: "status", status: 429, retryAfter: 3, method: "POST", path: "/v2/tags", times: 2 };
    const added = await ask("POST", "/_sandbox/faults", fault);
    const whole = { ...fault, probability: 1, seed: 1 };
    expect([added.status, added.body]).toEqual([201, { id: 1, fault: whole, struck: 0 }]);
    const first = await ask("POST", "/v2/tags", { name: "a" });
    expect([first.status, first.headers.get("retry-after"), first.body]).toEqual([
      429,
      "3",
      { id: "too_many_requests", message: "API rate limit exceeded.", request_id: first.headers.get("x-request-id") },
    ]);
    expect(first.headers.get("ratelimit-limit")).toBe("5000");
    expect((await ask("GET", "/v2/tags")).body.tags).toEqual([]);
    expect((await ask("POST", "/v2/tags", { name: "a" })).status).toBe(429);
    expect((await ask("POST", "/v2/tags", { name: "a" })).status).toBe(201);
    expect((await ask("GET", "/_sandbox/faults")).body).toEqual({ faults: [{ id: 1, fault: whole, struck: 2 }] });
    expect((await ask("DELETE", "/_sandbox/faults")).status).toBe(204);
    expect((await ask("GET", "/_sandbox/faults")).body).toEqual({ faults: [] });
  });

  it("tell the API's ids of 401 and 5xx", async () => {
    const { ask } = testSandbox();
    for (const [code, id] of [
      [401, "unauthorized"],
      [500, "server_error"],
      [503, "service_unavailable"],
    ] as const) {
      await ask("POST", "/_sandbox/faults", { kind: "status", status: code, path: "/v2/**", times: 1 });
      const got = await ask("GET", "/v2/account");
      expect([got.status, got.body.id]).toEqual([code, id]);
    }
  });

  it("lose the reply after the change is made", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/_sandbox/faults", { kind: "lost", method: "POST", path: "/v2/ta*", times: 1 });
    const lost = await ask("POST", "/v2/tags", { name: "a" });
    expect([lost.status, lost.headers.get("x-sandbox-fault"), lost.body]).toEqual([502, "lost", undefined]);
    expect((await ask("GET", "/v2/tags")).body.meta.total).toBe(1);
  });

  it("slow a request down", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/_sandbox/faults", { kind: "slow", ms: 60, path: "/v2/account" });
    const before = performance.now();
    expect((await ask("GET", "/v2/account")).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThanOrEqual(55);
  });

  it("strike by a share that depends on the seed alone, and by path", async () => {
    const row = async (seed: number) => {
      const { ask } = testSandbox();
      await ask("POST", "/_sandbox/faults", { kind: "status", status: 500, path: "/v2/*", probability: 0.5, seed });
      const statuses: number[] = [];
      for (let number = 0; number < 40; number += 1) statuses.push((await ask("GET", "/v2/account")).status);
      expect((await ask("GET", "/v2/account/keys")).status).toBe(200);
      return statuses;
    };
    const first = await row(7);
    expect(await row(7)).toEqual(first);
    expect(await row(8)).not.toEqual(first);
    const struck = first.filter((code) => code === 500).length;
    expect(struck).toBeGreaterThan(10);
    expect(struck).toBeLessThan(30);
  });

  it.each([
    { kind: "status", status: 404, path: "/v2/**" },
    { kind: "slow", path: "/v2/**" },
    { kind: "lost", path: "v2" },
    { kind: "lost", path: "/v2", extra: 1 },
  ])("refuse %j", async (body) => {
    const { ask } = testSandbox();
    expect((await ask("POST", "/_sandbox/faults", body)).status).toBe(422);
    expect((await ask("GET", "/_sandbox/faults")).body).toEqual({ faults: [] });
  });
});

describe("clock", () => {
  it("stands, is moved on, and runs again", async () => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const { ask } = testSandbox(undefined, { clock: { now: () => now } });
    const time = (text: string, mode: string, ahead: number) => ({ now: text, mode, ahead_seconds: ahead });
    expect((await ask("GET", "/_sandbox/clock")).body).toEqual(time("2026-01-01T00:00:00.000Z", "real", 0));
    const advanced = await ask("POST", "/_sandbox/clock/advance", { seconds: 60 });
    expect(advanced.body).toEqual(time("2026-01-01T00:01:00.000Z", "real", 60));
    const stopped = await ask("PUT", "/_sandbox/clock", { now: "2030-05-05T05:05:05Z" });
    expect(stopped.body).toEqual(time("2030-05-05T05:05:05.000Z", "stopped", 0));
    now += 1000;
    expect((await ask("POST", "/_sandbox/clock/advance", { seconds: 1 })).body.now).toBe("2030-05-05T05:05:06.000Z");
    expect((await ask("PUT", "/_sandbox/clock", { mode: "real" })).body.now).toBe("2026-01-01T00:00:01.000Z");
    expect((await ask("PUT", "/_sandbox/clock", { now: "noon" })).status).toBe(422);
    expect((await ask("POST", "/_sandbox/clock/advance", { seconds: -1 })).status).toBe(422);
  });
});

describe("the rest", () => {
  it("tells its health, with what the daemon adds", async () => {
    const { ask, app } = testSandbox(undefined, { version: "1.2.3", facts: () => ({ registry: "127.0.0.1:5000" }) });
    expect((await ask("GET", "/_sandbox/health")).body).toEqual({
      name: "slipway sandbox",
      version: "1.2.3",
      uptime_seconds: 0,
      droplets: 0,
      linodes: 0,
      repositories: 0,
      databases: 0,
      resident_bytes: expect.any(Number),
      registry: "127.0.0.1:5000",
    });
    expect((await app.request("/_sandbox/health")).status).toBe(200);
  });

  it("remembers requests to the clouds, not those to itself", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/tags", { name: "a" });
    await ask("GET", "/v2/tags/nope?x=1");
    const at = "2026-11-21T12:00:00.000Z";
    expect((await ask("GET", "/_sandbox/requests")).body).toEqual({
      requests: [
        { at, method: "POST", path: "/v2/tags", status: 201 },
        { at, method: "GET", path: "/v2/tags/nope?x=1", status: 404 },
      ],
    });
  });

  it("opens ways into the network where the daemon can", async () => {
    const { ask } = testSandbox();
    expect((await ask("GET", "/_sandbox/forwards?address=10.213.0.10&port=443")).status).toBe(501);
    const opened: unknown[] = [];
    const other = testSandbox(undefined, {
      forwards: {
        async open(address, port) {
          opened.push([address, port]);
          return { host: "127.0.0.1", port: 40443 };
        },
      },
    });
    const got = await other.ask("GET", "/_sandbox/forwards?address=10.213.0.10&port=443");
    expect([got.status, got.body, opened]).toEqual([200, { host: "127.0.0.1", port: 40443 }, [["10.213.0.10", 443]]]);
    for (const query of ["", "?address=x&port=1", "?address=10.0.0.1&port=0", "?address=10.0.0.1"]) {
      expect((await other.ask("GET", `/_sandbox/forwards${query}`)).status).toBe(422);
    }
    expect(opened).toHaveLength(1);
  });

  it("forgets everything at a reset, whatever is under way, and numbers from the start again", async () => {
    const { ask, machines, settled } = testSandbox();
    await ask("POST", "/v2/droplets", dropletBody({ tags: ["t"] }));
    await settled();
    await ask("POST", "/v2/droplets", dropletBody({ name: "second" }));
    await ask("POST", "/_sandbox/faults", { kind: "slow", ms: 1, path: "/v2/**" });
    await ask("PUT", "/_sandbox/settings", { machineImage: "bare" });
    await ask("PUT", "/_sandbox/clock", { now: "2030-01-01T00:00:00Z" });
    await ask("GET", "/v2/nothing");
    const reset = await ask("POST", "/_sandbox/reset");
    expect(reset.status).toBe(200);
    await settled();
    expect(await machines.list()).toEqual([]);
    expect((await ask("GET", "/_sandbox/requests")).body.requests).toEqual([]);
    expect((await ask("GET", "/_sandbox/uncovered")).body.uncovered).toEqual([]);
    expect((await ask("GET", "/_sandbox/faults")).body.faults).toEqual([]);
    expect((await ask("GET", "/_sandbox/settings")).body.machineImage).toBe("golden");
    expect((await ask("GET", "/_sandbox/clock")).body.now).toBe("2026-11-21T12:00:00.000Z");
    for (const list of ["droplets", "actions", "tags", "vpcs"]) {
      expect((await ask("GET", `/v2/${list}`)).body.meta.total).toBe(0);
    }
    expect((await ask("POST", "/v2/droplets", dropletBody())).body.droplet.id).toBe(ID);
  });

  it("refuses web pages", async () => {
    const { app, ask } = testSandbox();
    await ask("POST", "/v2/tags", { name: "a" });
    for (const origin of ["https://example.com", "null"]) {
      const response = await app.request("/_sandbox/reset", { method: "POST", headers: { origin } });
      expect(response.status).toBe(403);
    }
    expect((await ask("GET", "/v2/tags")).body.meta.total).toBe(1);
    const own = await app.request("/_sandbox/health", { headers: { origin: "http://localhost" } });
    expect(own.status).toBe(200);
  });

  it("refuses what it does not know", async () => {
    const { ask } = testSandbox();
    const got = await ask("POST", "/_sandbox/explode");
    expect([got.status, got.body]).toEqual([404, { error: "there is no control route POST /_sandbox/explode" }]);
    expect((await ask("POST", "/_sandbox/reset", { hard: true })).status).toBe(422);
  });
});
