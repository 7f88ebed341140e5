import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound } from "../errors";
import type { Action } from "./model";
import { observe } from "./run";
import { actionView } from "./view";

/** `/v2/actions`: everything that was done, newest first. */
export function actionRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  app.get("/v2/actions", (c) => {
    observe(cloud, cloud.state.actions);
    return page(c, "actions", [...cloud.state.actions].reverse(), actionView);
  });
  app.get("/v2/actions/:id", (c) => {
    const action = requireAction(cloud.state.actions, c.req.param("id"));
    observe(cloud, [action]);
    return c.json({ action: actionView(action) });
  });
}

/** The action of an id among others. Throws the API's 404. */
export function requireAction(actions: readonly Action[], id: string): Action {
  const action = actions.find((known) => String(known.id) === id);
  if (!action) throw notFound();
  return action;
}
