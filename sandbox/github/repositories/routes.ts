import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach, tokenOf } from "../access";
import { findAccount, loginOf, sameName } from "../accounts/model";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { invalid, notFound } from "../errors";
import { makeRepository } from "./model";
import { repositoryView } from "./view";

const NewRepository = z.object({ name: z.string(), private: z.boolean().default(false) });

/** `/repos`, and where they are made. Nothing of git, branches or files is there. */
export function repositoryRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const { state } = github;
  const create = async (c: Context, owner: string) => {
    const asked = await readAsked(c, NewRepository);
    if (!/^[A-Za-z0-9._-]{1,100}$/.test(asked.name)) throw invalid("Repository", "name", "invalid", "name is invalid");
    if (state.repositories.some((known) => sameName(known.owner, owner) && sameName(known.name, asked.name))) {
      throw invalid("Repository", "name", "custom", "name already exists on this account");
    }
    const made = makeRepository(github, {
      owner,
      name: asked.name,
      isPrivate: asked.private,
      defaultBranch: "main",
    });
    return c.json(repositoryView(c, github, made), 201);
  };
  api.post("/user/repos", (c) => create(c, loginOf(github, tokenOf(c))));
  api.post("/orgs/:org/repos", (c) => {
    const organization = findAccount(github, c.req.param("org"));
    if (organization?.type !== "Organization") throw notFound();
    return create(c, organization.login);
  });
  for (const path of REPOSITORY_PATHS) {
    api.get(path, (c) => c.json(repositoryView(c, github, reach(c, github, []))));
    api.delete(path, (c) => {
      const repository = reach(c, github, ["administration"], "write");
      state.repositories = state.repositories.filter((known) => known !== repository);
      return c.body(null, 204);
    });
  }
}
