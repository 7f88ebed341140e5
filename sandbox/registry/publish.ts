import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, finished } from "../engine";
import type { Slot } from "../slot";
import { registryLogin } from "./registry";

/** Milliseconds that a registry that has just been started may take to answer. */
const patience = 20_000;

/** Puts an image of the sandbox's own into its registry, under the same name. @param name e.g. `postgres:17`, of `slipway-sandbox/postgres:17` */
export async function publish(engine: Engine, slot: Slot, name: string): Promise<void> {
  const { server } = slot.registry;
  const [repository = "", tag = ""] = name.split(":");
  await engine.docker.getImage(`slipway-sandbox/${name}`).tag({ repo: `${server}/${repository}`, tag });
  const image = engine.docker.getImage(`${server}/${name}`);
  const login = { ...registryLogin, serveraddress: server };
  for (const end = Date.now() + patience; ; await sleep(250)) {
    try {
      await finished(engine, await image.push({ authconfig: login }));
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
