import type { Context, Hono } from "hono";
import { z } from "zod";
import { fingerprint } from "../../cloud/publicKey";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach, tokenOf } from "../access";
import { loginOf } from "../accounts/model";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { page } from "../envelope";
import { invalid, notFound } from "../errors";
import { fullName, type Repository } from "../repositories/model";
import { apiTime, apiUrl } from "../urls";
import type { DeployKey } from "./model";

const NewKey = z.object({ title: z.string().default(""), key: z.string(), read_only: z.boolean().default(false) });

/** `…/keys`: deploy keys. One can't be changed, and opens one repository only. */
export function keyRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const { state, clock } = github;
  for (const path of REPOSITORY_PATHS) {
    api.get(`${path}/keys`, (c) => {
      const repository = reach(c, github, ["administration"]);
      return page(
        c,
        repository.keys.map((key) => keyView(c, repository, key)),
      );
    });
    api.post(`${path}/keys`, async (c) => {
      const repository = reach(c, github, ["administration"], "write");
      const asked = await readAsked(c, NewKey);
      if (!fingerprint(asked.key)) {
        throw invalid(
          "PublicKey",
          "key",
          "custom",
          "key is invalid. You must supply a key in OpenSSH public key format",
        );
      }
      const key = asked.key.trim().split(/\s+/).slice(0, 2).join(" ");
      if (state.repositories.some(({ keys }) => keys.some((known) => known.key === key))) {
        throw invalid("PublicKey", "key", "custom", "key is already in use");
      }
      state.counters.key += 1;
      const made: DeployKey = {
        id: state.counters.key,
        title: asked.title,
        key,
        readOnly: asked.read_only,
        addedBy: loginOf(github, tokenOf(c)),
        created: clock.now(),
      };
      repository.keys.push(made);
      return c.json(keyView(c, repository, made), 201);
    });
    api.get(`${path}/keys/:key{[0-9]+}`, (c) => {
      const repository = reach(c, github, ["administration"]);
      return c.json(keyView(c, repository, required(c, repository)));
    });
    api.delete(`${path}/keys/:key{[0-9]+}`, (c) => {
      const repository = reach(c, github, ["administration"], "write");
      const key = required(c, repository);
      repository.keys = repository.keys.filter((known) => known !== key);
      return c.body(null, 204);
    });
  }
}

function required(c: Context, { keys }: Repository): DeployKey {
  const key = keys.find(({ id }) => String(id) === c.req.param("key"));
  if (!key) throw notFound();
  return key;
}

function keyView(c: Context, repository: Repository, { id, key, title, readOnly, addedBy, created }: DeployKey) {
  return {
    id,
    key,
    url: apiUrl(c, `/repos/${fullName(repository)}/keys/${id}`),
    title,
    verified: true,
    created_at: apiTime(created),
    read_only: readOnly,
    added_by: addedBy,
    last_used: null,
    enabled: true,
  };
}
