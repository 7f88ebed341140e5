import type { Hono } from "hono";
import type { SandboxEnv } from "../http/env";
import { accountRoutes } from "./account/routes";
import { catalogRoutes } from "./catalog/routes";
import type { Cloud } from "./cloud";
import { databaseRoutes } from "./databases/routes";
import { domainRoutes } from "./domains/routes";
import { eventRoutes } from "./events/routes";
import { firewallRoutes } from "./firewalls/routes";
import { configRoutes } from "./instances/configRoutes";
import { diskRoutes } from "./instances/diskRoutes";
import { powerRoutes } from "./instances/power";
import { instanceRoutes } from "./instances/routes";
import { keyRoutes } from "./keys/routes";
import { networkingRoutes } from "./networking/routes";
import { volumeRoutes } from "./volumes/routes";
import { vpcRoutes } from "./vpcs/routes";

/** Every route of the Linode API that the sandbox knows. */
export function routes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  accountRoutes(api);
  catalogRoutes(api);
  configRoutes(api, cloud);
  databaseRoutes(api, cloud);
  diskRoutes(api, cloud);
  domainRoutes(api, cloud);
  eventRoutes(api, cloud);
  firewallRoutes(api, cloud);
  instanceRoutes(api, cloud);
  keyRoutes(api, cloud);
  networkingRoutes(api, cloud);
  powerRoutes(api, cloud);
  volumeRoutes(api, cloud);
  vpcRoutes(api, cloud);
}
