import type { Context } from "hono";
import { REPOSITORY_PATHS, reach } from "./access";
import type { GitHub } from "./cloud";
import { requireEnvironment } from "./environments/model";
import type { Repository } from "./repositories/model";
import type { Secret } from "./secrets/model";
import type { Variable } from "./variables/model";

/** Where secrets and variables are kept: a repository or one of its environments. */
export interface Places {
  readonly repository: Repository;
  readonly secrets: Secret[];
  readonly variables: Variable[];
}

type PlaceOf = (c: Context, level: "read" | "write") => Places;

/** The paths under which one kind of thing is kept, each with what finds its place. */
export function placesOf(kind: "secrets" | "variables", github: GitHub): readonly (readonly [string, PlaceOf])[] {
  const ofRepository: PlaceOf = (c, level) => placed(reach(c, github, [kind], level));
  const ofEnvironment: PlaceOf = (c, level) => {
    const repository = reach(c, github, ["environments"], level);
    return { repository, ...requireEnvironment(c, repository) };
  };
  return REPOSITORY_PATHS.flatMap((path) => [
    [`${path}/actions/${kind}`, ofRepository] as const,
    [`${path}/environments/:environment/${kind}`, ofEnvironment] as const,
  ]);
}

function placed(repository: Repository): Places {
  return { repository, secrets: repository.secrets, variables: repository.variables };
}
