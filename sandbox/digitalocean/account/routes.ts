import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { uuid } from "../ids";

/** `/v2/account`: one account that never changes. */
export function accountRoutes(app: Hono<SandboxEnv>): void {
  app.get("/v2/account", (c) =>
    c.json({
      account: {
        droplet_limit: 25,
        floating_ip_limit: 10,
        reserved_ip_limit: 10,
        volume_limit: 100,
        name: "Sandbox",
        email: "sandbox@example.com",
        uuid: uuid("account", 1),
        email_verified: true,
        status: "active",
        status_message: "",
        team: { uuid: uuid("team", 1), name: "My Team" },
      },
    }),
  );
}
