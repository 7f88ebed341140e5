import type { Hono } from "hono";
import { z } from "zod";
import { fingerprint } from "../../cloud/publicKey";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, refused } from "../errors";
import { notify } from "../events/run";
import { apiTime } from "../time";
import type { Key } from "./model";

const label = z.string().min(1, "Length must be 1-64 characters").max(64, "Length must be 1-64 characters");
const NewKey = z.object({ label, ssh_key: z.string() });
const ChangedKey = z.object({ label });

/** `/profile/sshkeys`: keys that machines get by naming their user in `authorized_users`. */
export function keyRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  api.get("/profile/sshkeys", (c) => page(c, state.keys.map(keyView), ["label"]));
  api.post("/profile/sshkeys", async (c) => {
    const asked = await readAsked(c, NewKey);
    if (!fingerprint(asked.ssh_key))
      throw refused("SSH Key key-type must be one of ssh-rsa, ssh-ed25519, …", "ssh_key");
    state.counters.key += 1;
    const key: Key = {
      id: state.counters.key,
      label: asked.label,
      publicKey: asked.ssh_key,
      created: cloud.clock.now(),
    };
    state.keys.push(key);
    notify(cloud, "user_ssh_key_add", entityOf(key));
    return c.json(keyView(key));
  });
  api.get("/profile/sshkeys/:id{[0-9]+}", (c) => c.json(keyView(requireKey(cloud, c.req.param("id")))));
  api.put("/profile/sshkeys/:id{[0-9]+}", async (c) => {
    const key = requireKey(cloud, c.req.param("id"));
    key.label = (await readAsked(c, ChangedKey)).label;
    notify(cloud, "user_ssh_key_update", entityOf(key));
    return c.json(keyView(key));
  });
  api.delete("/profile/sshkeys/:id{[0-9]+}", (c) => {
    const key = requireKey(cloud, c.req.param("id"));
    state.keys = state.keys.filter((known) => known !== key);
    notify(cloud, "user_ssh_key_delete", entityOf(key));
    return c.json({});
  });
}

function entityOf(key: Key) {
  return { type: "sshkey", id: key.id, label: key.label, url: `/v4/profile/sshkeys/${key.id}` } as const;
}

function requireKey(cloud: Cloud, id: string): Key {
  const key = cloud.state.keys.find((known) => String(known.id) === id);
  if (!key) throw notFound();
  return key;
}

function keyView(key: Key) {
  return { id: key.id, label: key.label, ssh_key: key.publicKey, created: apiTime(key.created) };
}
