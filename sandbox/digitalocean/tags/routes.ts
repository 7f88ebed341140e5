import type { Context, Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { liveClusters } from "../databases/model";
import { origin, page } from "../envelope";
import { beyondSandbox, notFound, unprocessable } from "../errors";
import { reapply } from "../firewalls/filters";
import type { State } from "../state";
import { addTag, deleteTag, ensureTags, findTag, removeTag, type Tagged, taggedWith } from "./model";

const NewTag = z.object({ name: z.string() });
const Resources = z.object({
  resources: z
    .array(z.object({ resource_id: z.union([z.string(), z.number()]).transform(String), resource_type: z.string() }))
    .min(1, "resources can't be empty"),
});

/** `/v2/tags`: tags and what bears them. */
export function tagRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/tags", (c) => page(c, "tags", state.tags, (tag) => tagView(state, tag, origin(c))));
  app.post("/v2/tags", async (c) => {
    const [tag = ""] = ensureTags(state, [(await readBody(c, NewTag)).name]);
    return c.json({ tag: tagView(state, tag, origin(c)) }, 201);
  });
  app.get("/v2/tags/:tag", (c) => {
    return c.json({ tag: tagView(state, requireTag(state, c.req.param("tag")), origin(c)) });
  });
  app.delete("/v2/tags/:tag", (c) => {
    deleteTag(state, requireTag(state, c.req.param("tag")));
    reapply(cloud);
    return c.body(null, 204);
  });
  app.post("/v2/tags/:tag/resources", (c) => changeResources(c, cloud, addTag));
  app.delete("/v2/tags/:tag/resources", (c) => changeResources(c, cloud, removeTag));
}

async function changeResources(c: Context, cloud: Cloud, change: (thing: Tagged, tag: string) => void) {
  const tag = requireTag(cloud.state, c.req.param("tag") ?? "");
  const { resources } = await readBody(c, Resources);
  const things = resources.map(({ resource_id, resource_type }) => {
    return requireTaggable(cloud.state, resource_type, resource_id);
  });
  for (const thing of things) change(thing, tag);
  reapply(cloud);
  return c.body(null, 204);
}

function requireTaggable(state: State, kind: string, id: string): Tagged {
  switch (kind) {
    case "droplet":
    case "volume":
    case "database": {
      const all = { droplet: state.droplets, volume: state.volumes, database: liveClusters(state) };
      const things: readonly (Tagged & { id: number | string })[] = all[kind];
      const thing = things.find((known) => String(known.id) === id);
      if (!thing) throw notFound();
      return thing;
    }
    case "image":
    case "volume_snapshot":
      throw beyondSandbox(`a ${kind} cannot be tagged, for there is none`);
    default:
      throw unprocessable(`resource_type ${JSON.stringify(kind)} is invalid`);
  }
}

function requireTag(state: State, name: string): string {
  const tag = findTag(state, name);
  if (tag === undefined) throw notFound();
  return tag;
}

function tagView(state: State, tag: string, base: string) {
  const { droplets, volumes, databases } = taggedWith(state, tag);
  const counted = (kind: string, things: readonly { id: number | string }[]) => {
    const last = things.at(-1);
    return { count: things.length, ...(last ? { last_tagged_uri: `${base}/v2/${kind}/${last.id}` } : {}) };
  };
  return {
    name: tag,
    resources: {
      ...counted("droplets", droplets),
      count: droplets.length + volumes.length + databases.length,
      droplets: counted("droplets", droplets),
      images: { count: 0 },
      volumes: counted("volumes", volumes),
      volume_snapshots: { count: 0 },
      databases: counted("databases", databases),
    },
  };
}
