import type { Context } from "hono";
import { type Permission, sameName } from "./accounts/model";
import type { GitHub } from "./cloud";
import { ApiError, messageOf, notFound } from "./errors";
import { fullName, type Repository } from "./repositories/model";

/** The token a request comes with; GitHub takes both words, and by Basic the password is it. */
export function tokenOf(c: Context): string {
  const [scheme = "", value = ""] = (c.req.header("authorization") ?? "").split(/\s+/);
  if (!/^basic$/i.test(scheme)) return /^(bearer|token)$/i.test(scheme) ? value : "";
  return Buffer.from(value, "base64").toString("utf8").split(":").slice(1).join(":");
}

/**
 * The repository a request is about, if its token may do there what it asks for. Throws the API's 404 for one that is not
 * there or not to be known of, its 403 for a permission that lacks and for a change to an archived one.
 * @param needs the permissions of which one is enough; none for what every token that sees the repository may do
 */
export function reach(
  c: Context,
  github: GitHub,
  needs: readonly Permission[],
  level: "read" | "write" = "read",
): Repository {
  const repository = named(c, github);
  const token = github.state.tokens.find((known) => known.token === tokenOf(c));
  if (!repository || token?.repositories?.some((name) => sameName(name, fullName(repository))) === false) {
    throw notFound();
  }
  const may = (permission: Permission) => {
    const allowed = token?.permissions[permission];
    return allowed === "write" || allowed === level;
  };
  if (token !== undefined && needs.length > 0 && !needs.some(may)) {
    throw new ApiError(403, messageOf(403), undefined, {
      "x-accepted-github-permissions": needs.map((need) => `${need}=${level}`).join("; "),
    });
  }
  if (level === "write" && repository.archived) throw new ApiError(403, "Repository was archived so is read-only.");
  return repository;
}

/** Where the routes of a repository stand: by its names, and by its number, which stays when it is renamed. */
export const REPOSITORY_PATHS = ["/repos/:owner/:repo", "/repositories/:repository{[0-9]+}"] as const;

function named(c: Context, { state }: GitHub): Repository | undefined {
  const id = c.req.param("repository");
  if (id !== undefined) return state.repositories.find((known) => String(known.id) === id);
  const { owner = "", repo = "" } = c.req.param();
  return state.repositories.find((known) => sameName(known.owner, owner) && sameName(known.name, repo));
}
