import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { page } from "../envelope";
import { profile } from "./profile";

const account = {
  company: "",
  email: profile.email,
  first_name: "Slipway",
  last_name: "Sandbox",
  address_1: "",
  address_2: "",
  city: "",
  state: "",
  zip: "",
  country: "DE",
  phone: "",
  balance: 0,
  tax_id: "",
  billing_source: "linode",
  credit_card: { last_four: null, expiry: null },
  balance_uninvoiced: 0,
  active_since: "2026-01-01T00:00:00",
  capabilities: ["Linodes", "NodeBalancers", "Block Storage", "Cloud Firewall", "Vlans", "Managed Databases", "VPCs"],
  active_promotions: [],
  euuid: "00000000-0000-4000-8000-000000000001",
};

const settings = {
  managed: false,
  network_helper: true,
  longview_subscription: null,
  backups_enabled: false,
  object_storage: "disabled",
  interfaces_for_new_linodes: "legacy_config_default_but_linode_allowed",
  maintenance_policy: "linode/migrate",
};

/** `/account`, `/profile`: who the account belongs to. It is one unrestricted user. */
export function accountRoutes(api: Hono<SandboxEnv>): void {
  api.get("/account", (c) => c.json(account));
  api.get("/account/settings", (c) => c.json(settings));
  api.get("/account/notifications", (c) => page(c, []));
  api.get("/account/maintenance", (c) => page(c, []));
  api.get("/profile", (c) => c.json(profile));
  // What the API answers an unrestricted user.
  api.get("/profile/grants", (c) => c.body(null, 204));
}
