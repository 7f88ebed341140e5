import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { countedPage } from "../envelope";
import { notFound } from "../errors";
import { type Places, placesOf } from "../places";
import { publicKey } from "../sealedBox";
import { apiTime } from "../urls";
import { putSecret, type Secret } from "./model";

const Asked = z.object({ encrypted_value: z.base64(), key_id: z.string() });

/** `…/actions/secrets` of repositories and `…/secrets` of their environments. A value never comes out. */
export function secretRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  for (const [path, placeOf] of placesOf("secrets", github)) {
    api.get(path, (c) => countedPage(c, "secrets", placeOf(c, "read").secrets.map(secretView)));
    api.get(`${path}/public-key`, async (c) => c.json(await publicKey(placeOf(c, "read").repository)));
    api.get(`${path}/:name`, (c) => c.json(secretView(required(c, placeOf(c, "read")))));
    api.put(`${path}/:name`, async (c) => {
      const place = placeOf(c, "write");
      const asked = await readAsked(c, Asked);
      const name = c.req.param("name") ?? "";
      const fresh = await putSecret(place.repository, place.secrets, { ...asked, name }, github.clock.now());
      return fresh ? c.json({}, 201) : c.body(null, 204);
    });
    api.delete(`${path}/:name`, (c) => {
      const place = placeOf(c, "write");
      place.secrets.splice(place.secrets.indexOf(required(c, place)), 1);
      return c.body(null, 204);
    });
  }
}

function required(c: Context, { secrets }: Places): Secret {
  const secret = secrets.find(({ name }) => name === c.req.param("name")?.toUpperCase());
  if (!secret) throw notFound();
  return secret;
}

function secretView({ name, created, updated }: Secret) {
  return { name, created_at: apiTime(created), updated_at: apiTime(updated) };
}
