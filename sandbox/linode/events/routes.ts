import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { notFound } from "../errors";
import type { Event } from "./model";
import { observe } from "./run";
import { eventView } from "./view";

const FILTERS = ["action", "created", "entity.id", "entity.type", "id"];

/** `/account/events`: everything that was done, newest first; clients follow their changes by it. */
export function eventRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const show = (event: Event) => eventView(event, cloud.clock.now());
  api.get("/account/events", (c) => {
    observe(cloud, state.events);
    return page(c, [...state.events].reverse().map(show), FILTERS);
  });
  api.get("/account/events/:id{[0-9]+}", (c) => {
    const event = requireEvent(cloud, c.req.param("id"));
    observe(cloud, [event]);
    return c.json(show(event));
  });
  for (const how of ["seen", "read"]) {
    api.post(`/account/events/:id{[0-9]+}/${how}`, (c) => {
      const { id } = requireEvent(cloud, c.req.param("id"));
      for (const event of state.events) if (event.id <= id) event.seen = true;
      return c.json({});
    });
  }
}

function requireEvent(cloud: Cloud, id: string): Event {
  const event = cloud.state.events.find((known) => String(known.id) === id);
  if (!event) throw notFound();
  return event;
}
