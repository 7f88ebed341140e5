import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env.js";
import type { Cloud } from "../cloud.js";
import { page } from "../envelope.js";
import { notFound } from "../errors.js";
import type { Action } from "./model.js";
import { observe } from "./run.js";
import { actionView } from "./view.js";

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
