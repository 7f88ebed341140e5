import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach } from "../access";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { countedPage } from "../envelope";
import { refused } from "../errors";
import { Asked, protectionOf } from "./asked";
import { type Environment, findEnvironment, requireEnvironment } from "./model";
import { environmentView } from "./view";

/** `…/environments`: where jobs run, how they are protected. */
export function environmentRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const { state, clock } = github;
  for (const base of REPOSITORY_PATHS) {
    const path = `${base}/environments`;
    api.get(path, (c) => {
      const repository = reach(c, github, ["actions"]);
      const shown = repository.environments.map((environment) => environmentView(c, github, repository, environment));
      return countedPage(c, "environments", shown);
    });
    api.get(`${path}/:environment`, (c) => {
      const repository = reach(c, github, ["actions"]);
      return c.json(environmentView(c, github, repository, requireEnvironment(c, repository)));
    });
    api.put(`${path}/:environment`, async (c) => {
      const repository = reach(c, github, ["administration"], "write");
      const protection = protectionOf(github, repository, await readAsked(c, Asked));
      const name = c.req.param("environment") ?? "";
      const known = findEnvironment(repository, name);
      if (known) {
        Object.assign(known, protection, { updated: clock.now() });
        // Patterns go with the rule that they are for.
        if (known.branches?.custom_branch_policies !== true) known.policies = [];
        return c.json(environmentView(c, github, repository, known));
      }
      checkName(name);
      state.counters.environment += 1;
      const made: Environment = {
        id: state.counters.environment,
        name,
        ...protection,
        created: clock.now(),
        updated: clock.now(),
        policies: [],
        secrets: [],
        variables: [],
      };
      repository.environments.push(made);
      return c.json(environmentView(c, github, repository, made));
    });
    api.delete(`${path}/:environment`, (c) => {
      const repository = reach(c, github, ["administration"], "write");
      const environment = requireEnvironment(c, repository);
      repository.environments = repository.environments.filter((known) => known !== environment);
      return c.body(null, 204);
    });
  }
}

/** Throws the API's 422 for a name that no environment may have; which characters those are is a guess. */
function checkName(name: string): void {
  if (name.length > 255) throw refused("Name is too long (maximum is 255 characters)");
  if (name.trim() !== name || name === "" || /[\p{Cc}\\"'`<>]/u.test(name)) throw refused("Name is invalid");
}
