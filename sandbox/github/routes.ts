import type { Hono } from "hono";
import type { SandboxEnv } from "../http/env";
import { accountRoutes } from "./accounts/routes";
import type { GitHub } from "./cloud";
import { policyRoutes } from "./environments/policyRoutes";
import { environmentRoutes } from "./environments/routes";
import { commentRoutes } from "./issues/commentRoutes";
import { issueRoutes } from "./issues/routes";
import { keyRoutes } from "./keys/routes";
import { repositoryRoutes } from "./repositories/routes";
import { secretRoutes } from "./secrets/routes";
import { variableRoutes } from "./variables/routes";

/** Every route of GitHub's API that the sandbox knows. */
export function routes(api: Hono<SandboxEnv>, github: GitHub): void {
  accountRoutes(api, github);
  commentRoutes(api, github);
  environmentRoutes(api, github);
  issueRoutes(api, github);
  keyRoutes(api, github);
  policyRoutes(api, github);
  repositoryRoutes(api, github);
  secretRoutes(api, github);
  variableRoutes(api, github);
}
