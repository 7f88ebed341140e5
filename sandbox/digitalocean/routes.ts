import type { Hono } from "hono";
import type { SandboxEnv } from "../http/env.js";
import { accountRoutes } from "./account/routes.js";
import { actionRoutes } from "./actions/routes.js";
import { catalogRoutes } from "./catalog/routes.js";
import type { Cloud } from "./cloud.js";
import { dropletActionRoutes } from "./droplets/actions.js";
import { backupRoutes } from "./droplets/backups.js";
import { dropletRoutes } from "./droplets/routes.js";
import { firewallRoutes } from "./firewalls/routes.js";
import { keyRoutes } from "./keys/routes.js";
import { projectRoutes } from "./projects/routes.js";
import { reservedIpRoutes } from "./reservedips/routes.js";
import { tagRoutes } from "./tags/routes.js";
import { volumeRoutes } from "./volumes/routes.js";
import { vpcRoutes } from "./vpcs/routes.js";

/** Every route of the DigitalOcean API that the sandbox knows. */
export function routes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  accountRoutes(app);
  actionRoutes(app, cloud);
  backupRoutes(app, cloud);
  catalogRoutes(app);
  dropletActionRoutes(app, cloud);
  dropletRoutes(app, cloud);
  firewallRoutes(app, cloud);
  keyRoutes(app, cloud);
  projectRoutes(app, cloud);
  reservedIpRoutes(app, cloud);
  tagRoutes(app, cloud);
  volumeRoutes(app, cloud);
  vpcRoutes(app, cloud);
}
