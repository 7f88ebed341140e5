import { Hono } from "hono";
import { z } from "zod";
import { BadBody, readBody } from "../http/body";
import type { SandboxEnv } from "../http/env";
import type { RequestLog } from "../http/requests";
import type { UncoveredList } from "../http/uncovered";
import type { ControlledClock } from "./clock";
import { Fault, type Faults } from "./faults";
import type { Forwards } from "./forwards";
import { Settings } from "./settings";

/** What the control routes act on. */
export interface Controls {
  readonly clock: ControlledClock;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly uncovered: UncoveredList;
  readonly forwards: Forwards | undefined;
  readonly health: () => Promise<Record<string, unknown>>;
  readonly settings: () => Settings;
  readonly changeSettings: (settings: Settings) => void;
  /** Destroys every machine and forgets every record. Resolves with the number of machines destroyed. */
  readonly reset: () => Promise<number>;
  readonly save: () => Promise<void>;
  /** `/github`: what is beyond GitHub's API. */
  readonly github: Hono<SandboxEnv>;
}

const SetClock = z.union([
  z.strictObject({ now: z.iso.datetime({ error: "expected a time such as 2026-11-21T12:00:00Z" }) }),
  z.strictObject({ mode: z.literal("real") }),
]);
const Advance = z.strictObject({ seconds: z.number().min(0) });
const Nothing = z.strictObject({});
const Port = z.coerce.number().int().min(1).max(65535);
const Address = z.ipv4();

/** `/_sandbox`: what tests and the daemon's own commands use. No token is asked for: the daemon listens on loopback. */
export function controlApp(controls: Controls): Hono<SandboxEnv> {
  const { clock, faults, requests, uncovered } = controls;
  const app = new Hono<SandboxEnv>().basePath("/_sandbox");
  const time = () => ({
    now: new Date(clock.now()).toISOString(),
    mode: clock.state.stopped === undefined ? "real" : "stopped",
    ahead_seconds: clock.state.ahead / 1000,
  });

  // A web page open in a browser on this computer can reach loopback too; it tells where it comes from.
  app.use("/*", async (c, next) => {
    const from = c.req.header("origin");
    if (from !== undefined && from !== new URL(c.req.url).origin) {
      return refuse(403, `control routes are not for web pages: the request came from ${from}`);
    }
    await next();
  });
  app.get("/health", async (c) => c.json(await controls.health()));
  app.post("/reset", async (c) => {
    await readBody(c, Nothing);
    return c.json({ machines_destroyed: await controls.reset() });
  });

  app.get("/settings", (c) => c.json(controls.settings()));
  app.put("/settings", async (c) => {
    controls.changeSettings({ ...controls.settings(), ...withoutAbsent(await readBody(c, Settings.partial())) });
    await controls.save();
    return c.json(controls.settings());
  });

  app.get("/faults", (c) => c.json({ faults: faults.list() }));
  app.post("/faults", async (c) => c.json(faults.add(await readBody(c, Fault)), 201));
  app.delete("/faults", (c) => {
    faults.clear();
    return c.body(null, 204);
  });

  app.get("/clock", (c) => c.json(time()));
  app.put("/clock", async (c) => {
    const asked = await readBody(c, SetClock);
    if ("now" in asked) clock.stop(Date.parse(asked.now));
    else clock.release();
    await controls.save();
    return c.json(time());
  });
  app.post("/clock/advance", async (c) => {
    clock.advance((await readBody(c, Advance)).seconds * 1000);
    await controls.save();
    return c.json(time());
  });

  app.get("/uncovered", (c) => c.json({ uncovered: uncovered.list() }));
  app.get("/requests", (c) => c.json({ requests: requests.list() }));

  app.get("/forwards", async (c) => {
    if (!controls.forwards) return refuse(501, "this sandbox has no ways into its network");
    const address = Address.safeParse(c.req.query("address"));
    const port = Port.safeParse(c.req.query("port"));
    if (!address.success || !port.success) {
      return refuse(422, `expected ?address=IPV4&port=1-65535, got ${JSON.stringify(c.req.query())}`);
    }
    return c.json(await controls.forwards.open(address.data, port.data));
  });

  app.route("/", controls.github);

  app.all("/*", (c) => refuse(404, `there is no control route ${c.req.method} ${c.req.path}`));
  app.onError((error) => {
    if (error instanceof BadBody) return refuse(error.status, error.message);
    return refuse(500, error.message);
  });
  return app;
}

function refuse(status: number, message: string): Response {
  return Response.json({ error: message }, { status });
}

function withoutAbsent<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
}
