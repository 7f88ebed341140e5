import { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../http/body";
import type { SandboxEnv } from "../http/env";
import { ensureAccount, ensureTeam, findAccount, PERMISSIONS, sameName } from "./accounts/model";
import type { GitHub } from "./cloud";
import { findEnvironment } from "./environments/model";
import type { Issue } from "./issues/model";
import { fullName, makeRepository, type Repository } from "./repositories/model";
import { open } from "./sealedBox";
import type { Secret } from "./secrets/model";
import type { Variable } from "./variables/model";

const Seed = z.strictObject({
  /** Whether the owner is an organization; what is there already stays what it is. */
  organization: z.boolean().default(true),
  plan: z.enum(["free", "pro", "team", "enterprise"]).optional(),
  private: z.boolean().optional(),
  archived: z.boolean().optional(),
  defaultBranch: z.string().default("main"),
  /** People and teams of the organization, by login and slug. */
  users: z.array(z.string()).default([]),
  teams: z.array(z.string()).default([]),
});
const NewToken = z.strictObject({
  login: z.string().default("slipway"),
  permissions: z.partialRecord(z.enum(PERMISSIONS), z.enum(["read", "write"])),
  repositories: z.array(z.string()).optional(),
});
const sha = z.string().regex(/^[0-9a-f]{40}$/);
const NewPull = z.strictObject({
  title: z.string().default("A change"),
  body: z.string().nullable().default(null),
  author: z.string().default("slipway"),
  /** `OWNER/NAME` of a fork; without it, a branch of the repository itself. */
  fork: z.string().optional(),
  head: z.string().default("change"),
  headSha: sha.default("1".repeat(40)),
  base: z.string().optional(),
  baseSha: sha.default("0".repeat(40)),
  draft: z.boolean().default(false),
  files: z
    .array(
      z.strictObject({
        filename: z.string(),
        status: z.enum(["added", "modified", "removed"]).default("modified"),
        additions: z.number().int().min(0).default(1),
        deletions: z.number().int().min(0).default(0),
      }),
    )
    .default([]),
});

/**
 * `/_sandbox/github`: what git and people make on the real one, and what a job of Actions gets to see there.
 * - `PUT repositories/OWNER/NAME`: a repository, with its people and teams;
 * - `POST repositories/OWNER/NAME/pulls`: a pull request;
 * - `GET repositories/OWNER/NAME/job[?environment=NAME]`: secrets in clear and variables, as a job reads them;
 * - `PUT tokens/TOKEN`: a token that may do less than everything.
 */
export function githubControl(github: GitHub): Hono<SandboxEnv> {
  const { state, clock } = github;
  const app = new Hono<SandboxEnv>().basePath("/github");
  const find = (owner: string, name: string) => {
    return state.repositories.find((known) => sameName(known.owner, owner) && sameName(known.name, name));
  };

  app.put("/repositories/:owner/:name", async (c) => {
    const { owner, name } = c.req.param();
    const seed = await readBody(c, Seed);
    const account = ensureAccount(github, owner, seed.organization ? "Organization" : "User");
    account.plan = seed.plan ?? account.plan;
    for (const user of seed.users) ensureAccount(github, user, "User");
    for (const team of seed.teams) ensureTeam(github, owner, team);
    const { defaultBranch } = seed;
    const repository = find(owner, name) ?? makeRepository(github, { owner, name, isPrivate: false, defaultBranch });
    repository.isPrivate = seed.private ?? repository.isPrivate;
    repository.archived = seed.archived ?? repository.archived;
    await github.save();
    return c.json({ id: repository.id, full_name: fullName(repository) });
  });

  app.post("/repositories/:owner/:name/pulls", async (c) => {
    const repository = find(c.req.param("owner"), c.req.param("name"));
    if (!repository) return unknown(c.req.path);
    const asked = await readBody(c, NewPull);
    state.counters.issue += 1;
    const now = clock.now();
    ensureAccount(github, asked.author, "User");
    if (asked.fork !== undefined) ensureAccount(github, asked.fork.split("/")[0] ?? "", "User");
    const { author, title, body, draft, head, headSha, baseSha, files } = asked;
    const issue: Issue = {
      id: state.counters.issue,
      number: repository.issues.length + 1,
      author,
      title,
      body,
      created: now,
      updated: now,
      closed: undefined,
      comments: [],
      pull: {
        draft,
        from: asked.fork ?? fullName(repository),
        head,
        headSha,
        base: asked.base ?? repository.defaultBranch,
        baseSha,
        merged: undefined,
        files,
      },
    };
    repository.issues.push(issue);
    await github.save();
    return c.json({ number: issue.number }, 201);
  });

  app.get("/repositories/:owner/:name/job", async (c) => {
    const repository = find(c.req.param("owner"), c.req.param("name"));
    if (!repository) return unknown(c.req.path);
    const name = c.req.query("environment");
    const environment = name === undefined ? undefined : findEnvironment(repository, name);
    if (name !== undefined && !environment) return unknown(`environment ${name}`);
    return c.json({
      // What an environment has wins over what the repository has.
      secrets: {
        ...(await opened(repository, repository.secrets)),
        ...(await opened(repository, environment?.secrets ?? [])),
      },
      variables: { ...told(repository.variables), ...told(environment?.variables ?? []) },
    });
  });

  app.put("/tokens/:token", async (c) => {
    const token = c.req.param("token");
    const asked = await readBody(c, NewToken);
    if (!findAccount(github, asked.login)) ensureAccount(github, asked.login, "User");
    state.tokens = [...state.tokens.filter((known) => known.token !== token), { token, ...asked }];
    await github.save();
    return c.json({ login: asked.login });
  });
  return app;
}

async function opened(repository: Repository, secrets: readonly Secret[]): Promise<Record<string, string>> {
  const entries = secrets.map(async ({ name, sealed }) => {
    return [name, (await open(repository, sealed))?.toString("utf8") ?? ""] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

function told(variables: readonly Variable[]): Record<string, string> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]));
}

function unknown(what: string): Response {
  return Response.json({ error: `there is no ${what}` }, { status: 404 });
}
