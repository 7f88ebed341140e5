import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { REPOSITORY_PATHS, reach } from "../access";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { countedPage } from "../envelope";
import { notFound } from "../errors";
import { type BranchPolicy, type Environment, requireEnvironment } from "./model";
import { policyView } from "./view";

const NewPolicy = z.object({ name: z.string().min(1), type: z.enum(["branch", "tag"]).default("branch") });
const ChangedPolicy = z.object({ name: z.string().min(1) });

/** `…/deployment-branch-policies`: patterns of the branches and tags an environment takes, where it has a rule of its own. */
export function policyRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  for (const base of REPOSITORY_PATHS) {
    const path = `${base}/environments/:environment/deployment-branch-policies`;
    const read = (c: Context) => requireEnvironment(c, reach(c, github, ["actions"]));
    const write = (c: Context) => requireEnvironment(c, reach(c, github, ["administration"], "write"));
    api.get(path, (c) => countedPage(c, "branch_policies", read(c).policies.map(policyView)));
    api.post(path, async (c) => {
      const environment = write(c);
      const asked = await readAsked(c, NewPolicy);
      // As the API has it: without a rule that asks for patterns there is no place for one.
      if (environment.branches?.custom_branch_policies !== true) throw notFound();
      const known = environment.policies.find(({ name, type }) => name === asked.name && type === asked.type);
      if (known) return c.json(policyView(known), 303 as 200);
      github.state.counters.policy += 1;
      const made: BranchPolicy = { id: github.state.counters.policy, ...asked };
      environment.policies.push(made);
      return c.json(policyView(made));
    });
    api.get(`${path}/:policy{[0-9]+}`, (c) => c.json(policyView(required(c, read(c)))));
    api.put(`${path}/:policy{[0-9]+}`, async (c) => {
      const policy = required(c, write(c));
      policy.name = (await readAsked(c, ChangedPolicy)).name;
      return c.json(policyView(policy));
    });
    api.delete(`${path}/:policy{[0-9]+}`, (c) => {
      const environment = write(c);
      const policy = required(c, environment);
      environment.policies = environment.policies.filter((known) => known !== policy);
      return c.body(null, 204);
    });
  }
}

function required(c: Context, { policies }: Environment): BranchPolicy {
  const policy = policies.find(({ id }) => String(id) === c.req.param("policy"));
  if (!policy) throw notFound();
  return policy;
}
