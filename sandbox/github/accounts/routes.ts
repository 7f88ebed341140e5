import type { Context, Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { tokenOf } from "../access";
import type { GitHub } from "../cloud";
import { page } from "../envelope";
import { notFound } from "../errors";
import { type Account, findAccount, loginOf, sameName } from "./model";
import { organizationView, teamView, userView } from "./view";

/** `/user`, `/users`, `/orgs` and their teams: who there is. */
export function accountRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  const required = (login: string | undefined, type?: Account["type"]): Account => {
    const account = findAccount(github, login ?? "");
    if (!account || (type !== undefined && account.type !== type)) throw notFound();
    return account;
  };
  const teamsOf = (c: Context) => {
    const { login } = required(c.req.param("org"), "Organization");
    return github.state.teams.filter(({ organization }) => sameName(organization, login));
  };
  api.get("/user", (c) => c.json(userView(c, required(loginOf(github, tokenOf(c))))));
  api.get("/users/:login", (c) => c.json(userView(c, required(c.req.param("login")))));
  // Nobody here has given GitHub a key.
  for (const keys of ["keys", "gpg_keys"]) {
    api.get(`/users/:login/${keys}`, (c) => {
      required(c.req.param("login"));
      return page(c, []);
    });
  }
  api.get("/orgs/:org", (c) => c.json(organizationView(c, required(c.req.param("org"), "Organization"))));
  api.get("/orgs/:org/teams", (c) => {
    return page(
      c,
      teamsOf(c).map((team) => teamView(c, team)),
    );
  });
  api.get("/orgs/:org/teams/:slug", (c) => {
    const team = teamsOf(c).find(({ slug }) => slug === c.req.param("slug"));
    if (!team) throw notFound();
    return c.json(teamView(c, team));
  });
}
