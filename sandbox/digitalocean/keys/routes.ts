import type { Hono } from "hono";
import { z } from "zod";
import { fingerprint } from "../../cloud/publicKey";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound, unprocessable } from "../errors";
import type { State } from "../state";
import type { Key } from "./model";

const NewKey = z.object({ name: z.string().min(1, "Name can't be blank"), public_key: z.string() });
const ChangedKey = z.object({ name: z.string().min(1, "Name can't be blank") });

/** `/v2/account/keys`: SSH keys, named by id or by fingerprint. */
export function keyRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/account/keys", (c) => page(c, "ssh_keys", state.keys, keyView));
  app.post("/v2/account/keys", async (c) => {
    const asked = await readBody(c, NewKey);
    const print = fingerprint(asked.public_key);
    if (!print) throw unprocessable("Key invalid, key should be of the format `type key [comment]`");
    if (findKey(state, print)) throw unprocessable("SSH Key is already in use on your account");
    state.counters.key += 1;
    const key: Key = { id: state.counters.key, name: asked.name, fingerprint: print, publicKey: asked.public_key };
    state.keys.push(key);
    return c.json({ ssh_key: keyView(key) }, 201);
  });
  app.get("/v2/account/keys/:key", (c) => c.json({ ssh_key: keyView(requireKey(state, c.req.param("key"))) }));
  app.put("/v2/account/keys/:key", async (c) => {
    const key = requireKey(state, c.req.param("key"));
    key.name = (await readBody(c, ChangedKey)).name;
    return c.json({ ssh_key: keyView(key) });
  });
  app.delete("/v2/account/keys/:key", (c) => {
    const key = requireKey(state, c.req.param("key"));
    state.keys = state.keys.filter((known) => known !== key);
    return c.body(null, 204);
  });
}

/** The key of an id or fingerprint, or `undefined`. */
export function findKey(state: State, idOrFingerprint: string): Key | undefined {
  return state.keys.find((key) => String(key.id) === idOrFingerprint || key.fingerprint === idOrFingerprint);
}

function requireKey(state: State, idOrFingerprint: string): Key {
  const key = findKey(state, idOrFingerprint);
  if (!key) throw notFound();
  return key;
}

function keyView(key: Key) {
  return { id: key.id, public_key: key.publicKey, name: key.name, fingerprint: key.fingerprint };
}
