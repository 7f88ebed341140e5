import type { Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Action, Change } from "../actions/model";
import { requireAction } from "../actions/routes";
import { begin, observe, untilShown } from "../actions/run";
import { actionView } from "../actions/view";
import { findRegion } from "../catalog/regions";
import { regionView } from "../catalog/views";
import type { Cloud } from "../cloud";
import { findDroplet } from "../droplets/model";
import { requireUnlocked } from "../droplets/require";
import { page } from "../envelope";
import { beyondSandbox, conflict, notFound, unprocessable } from "../errors";
import { apiTime, uuid } from "../ids";
import type { State } from "../state";
import { ensureTags } from "../tags/model";
import { diskId, type Volume } from "./model";

/** Most GiB of one volume, and most volumes on one droplet. */
const LARGEST = 16_384;
const MOST_ATTACHED = 15;

const size = z.number().int().min(1, "size_gigabytes must be at least 1").max(LARGEST);
const NewVolume = z.object({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, "must begin with a letter and hold only a-z, 0-9 and -"),
  region: z.string(),
  size_gigabytes: size,
  description: z.string().nullish(),
  snapshot_id: z.string().nullish(),
  filesystem_type: z.enum(["", "ext4", "xfs"]).nullish(),
  filesystem_label: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
});
const AskedAction = z.object({
  type: z.string(),
  volume_name: z.string().optional(),
  region: z.string().optional(),
  droplet_id: z.number().int().optional(),
  size_gigabytes: size.optional(),
});

/** `/v2/volumes`: block volumes. One is a disk from its first attachment on. */
export function volumeRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  const chosen = (name: string | undefined, region: string | undefined) => {
    return state.volumes.filter(
      (volume) => (name === undefined || volume.name === name) && (region === undefined || volume.region === region),
    );
  };
  app.get("/v2/volumes", (c) => page(c, "volumes", chosen(c.req.query("name"), c.req.query("region")), volumeView));
  app.post("/v2/volumes", async (c) => {
    const volume = create(cloud, await readBody(c, NewVolume));
    return c.json({ volume: volumeView(volume) }, 201);
  });
  app.delete("/v2/volumes", async (c) => {
    const { name, region } = c.req.query();
    const [volume] = name === undefined || region === undefined ? [] : chosen(name, region);
    if (!volume) throw notFound();
    await remove(cloud, volume);
    return c.body(null, 204);
  });
  app.post("/v2/volumes/actions", async (c) => {
    const asked = await readBody(c, AskedAction);
    const [volume] = asked.volume_name === undefined ? [] : chosen(asked.volume_name, asked.region);
    if (!volume) throw notFound();
    const action = act(cloud, volume, asked);
    await untilShown(cloud, [action]);
    return c.json({ action: actionView(action) }, 202);
  });
  app.get("/v2/volumes/:id", (c) => {
    const volume = requireVolume(state, c.req.param("id"));
    observe(cloud, actionsOf(state, volume));
    return c.json({ volume: volumeView(volume) });
  });
  app.delete("/v2/volumes/:id", async (c) => {
    await remove(cloud, requireVolume(state, c.req.param("id")));
    return c.body(null, 204);
  });
  app.get("/v2/volumes/:id/actions", (c) => {
    const actions = actionsOf(state, requireVolume(state, c.req.param("id")));
    observe(cloud, actions);
    return page(c, "actions", actions.reverse(), actionView);
  });
  app.post("/v2/volumes/:id/actions", async (c) => {
    const volume = requireVolume(state, c.req.param("id"));
    const action = act(cloud, volume, await readBody(c, AskedAction));
    await untilShown(cloud, [action]);
    return c.json({ action: actionView(action) }, 202);
  });
  app.get("/v2/volumes/:id/actions/:action", (c) => {
    const volume = requireVolume(state, c.req.param("id"));
    const action = requireAction(actionsOf(state, volume), c.req.param("action"));
    observe(cloud, [action]);
    return c.json({ action: actionView(action) });
  });
  app.get("/v2/volumes/:id/snapshots", (c) => {
    requireVolume(state, c.req.param("id"));
    return page(c, "snapshots", [], () => undefined);
  });
  app.post("/v2/volumes/:id/snapshots", () => {
    throw beyondSandbox("snapshots of volumes");
  });
}

function create(cloud: Cloud, asked: z.infer<typeof NewVolume>): Volume {
  const { state } = cloud;
  const region = findRegion(asked.region);
  if (!region) throw unprocessable("region is invalid");
  if (asked.filesystem_type === "xfs") throw beyondSandbox("volumes formatted as xfs; take ext4");
  if (asked.snapshot_id) throw beyondSandbox("volumes from snapshots, for it has none");
  if (state.volumes.some((known) => known.name === asked.name && known.region === region.slug)) {
    throw conflict("a volume with that name already exists in the region");
  }
  const tags = ensureTags(state, asked.tags ?? []);
  state.counters.volume += 1;
  const volume: Volume = {
    id: uuid("volume", state.counters.volume),
    name: asked.name,
    region: region.slug,
    size: asked.size_gigabytes,
    description: asked.description ?? "",
    filesystemType: asked.filesystem_type ?? "",
    filesystemLabel: asked.filesystem_label ?? "",
    created: cloud.clock.now(),
    tags: [...new Set(tags)],
    droplet: null,
    target: null,
  };
  state.volumes.push(volume);
  return volume;
}

async function remove(cloud: Cloud, volume: Volume): Promise<void> {
  const { state } = cloud;
  if (volume.droplet !== null || actionsOf(state, volume).some((action) => action.status === "in-progress")) {
    throw conflict("Volume must be detached before it can be deleted");
  }
  delete state.assignments[`do:volume:${volume.id}`];
  state.volumes = state.volumes.filter((known) => known !== volume);
  await cloud.machines.deleteDisk(diskId(volume));
}

function act(cloud: Cloud, volume: Volume, asked: z.infer<typeof AskedAction>): Action {
  const droplet = asked.droplet_id === undefined ? undefined : findDroplet(cloud.state, asked.droplet_id);
  const start = (change: Change, locks: number[]) =>
    begin(cloud, {
      type: `${asked.type}_volume`,
      resourceType: "backend",
      resourceId: null,
      region: volume.region,
      locks,
      change,
    });
  switch (asked.type) {
    case "attach": {
      if (!droplet || droplet.destroying) throw notFound();
      requireUnlocked(cloud, droplet);
      if (volume.droplet !== null && volume.droplet !== droplet.id) {
        throw unprocessable("Volume is already attached to a Droplet.");
      }
      if (volume.region !== droplet.region) throw unprocessable("Volume and Droplet must be in the same region.");
      if (cloud.state.volumes.filter((known) => known.droplet === droplet.id).length >= MOST_ATTACHED) {
        throw unprocessable(`a Droplet can have ${MOST_ATTACHED} volumes at most`);
      }
      volume.target = droplet.id;
      return start({ kind: "volume", volume: volume.id, droplet: droplet.id }, [droplet.id]);
    }
    case "detach": {
      if (!droplet || volume.droplet !== droplet.id) throw notFound();
      requireUnlocked(cloud, droplet);
      volume.target = null;
      return start({ kind: "volume", volume: volume.id, droplet: null }, [droplet.id]);
    }
    case "resize": {
      const size = asked.size_gigabytes ?? 0;
      if (size <= volume.size) throw unprocessable("volumes can only be enlarged");
      volume.targetSize = size;
      return start({ kind: "volume_size", volume: volume.id, size }, []);
    }
    default:
      throw unprocessable(`${JSON.stringify(asked.type)} is not a valid action type.`);
  }
}

function actionsOf(state: State, volume: Volume): Action[] {
  return state.actions.filter(({ change }) => "volume" in change && change.volume === volume.id);
}

function requireVolume(state: State, id: string): Volume {
  const volume = state.volumes.find((known) => known.id === id);
  if (!volume) throw notFound();
  return volume;
}

function volumeView(volume: Volume) {
  const region = findRegion(volume.region);
  return {
    id: volume.id,
    region: region ? regionView(region) : null,
    droplet_ids: volume.droplet === null ? [] : [volume.droplet],
    name: volume.name,
    description: volume.description,
    size_gigabytes: volume.size,
    created_at: apiTime(volume.created),
    filesystem_type: volume.filesystemType,
    filesystem_label: volume.filesystemLabel,
    tags: volume.tags,
  };
}
