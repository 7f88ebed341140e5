import type { Hono } from "hono";
import type { SandboxEnv } from "../http/env";
import { accountRoutes } from "./account/routes";
import { actionRoutes } from "./actions/routes";
import { catalogRoutes } from "./catalog/routes";
import type { Cloud } from "./cloud";
import { databaseClusterRoutes } from "./databases/routes";
import { domainRoutes } from "./domains/routes";
import { dropletActionRoutes } from "./droplets/actions";
import { backupRoutes } from "./droplets/backups";
import { dropletRoutes } from "./droplets/routes";
import { firewallRoutes } from "./firewalls/routes";
import { keyRoutes } from "./keys/routes";
import { projectRoutes } from "./projects/routes";
import { reservedIpRoutes } from "./reservedips/routes";
import { tagRoutes } from "./tags/routes";
import { volumeRoutes } from "./volumes/routes";
import { vpcRoutes } from "./vpcs/routes";

/** Every route of the DigitalOcean API that the sandbox knows. */
export function routes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  accountRoutes(app);
  actionRoutes(app, cloud);
  backupRoutes(app, cloud);
  catalogRoutes(app);
  databaseClusterRoutes(app, cloud);
  domainRoutes(app, cloud);
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
