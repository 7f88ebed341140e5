import { Command } from "commander";
import { tenants } from "../alone";
import type { Host } from "../host";
import { sayJson } from "./output";

/** `slipway tenants`. */
export function tenantsCommand(host: Host): Command {
  return new Command("tenants")
    .description("every app of this host and the stack it belongs to, as JSON")
    .action(async () => sayJson(await tenants(host.files)));
}
