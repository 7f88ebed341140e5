import type { Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { Cloud } from "../cloud";
import { page } from "../envelope";
import { refused } from "../errors";
import { notify } from "../events/run";
import { emptyConfig } from "./disks";
import { AskedInterfaces, interfacesFrom } from "./interfaces";
import { type Config, entityOf, type Instance } from "./model";
import { requireConfig, requireInstance } from "./require";
import { configView } from "./view";

const AskedDevice = z.object({ disk_id: z.number().int().nullish(), volume_id: z.number().int().nullish() }).nullish();
const ChangedConfig = z.object({
  label: z.string().min(1, "Length must be 1-48 characters").max(48, "Length must be 1-48 characters").optional(),
  kernel: z.string().nullish(),
  comments: z.string().nullish(),
  memory_limit: z.number().int().nullish(),
  root_device: z.string().nullish(),
  run_level: z.string().nullish(),
  virt_mode: z.string().nullish(),
  initrd: z.number().int().nullish(),
  helpers: z.record(z.string(), z.boolean()).nullish(),
  devices: z.record(z.string(), AskedDevice).nullish(),
  interfaces: AskedInterfaces,
});
const NewConfig = ChangedConfig.extend({ label: ChangedConfig.shape.label.unwrap() });
const path = "/linode/instances/:id{[0-9]+}/configs";

/** `/linode/instances/ID/configs`: what a Linode boots with, as records. */
export function configRoutes(api: Hono<SandboxEnv>, cloud: Cloud): void {
  const entity = (instance: Instance, { id, label }: Config) => {
    return { type: "linode_config", id, label, url: `/v4/linode/instances/${instance.id}/configs/${id}` } as const;
  };
  api.get(path, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    return page(
      c,
      instance.configs.map((config) => configView(instance, config)),
      ["label", "interfaces.label"],
    );
  });
  api.post(path, async (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    const asked = await readAsked(c, NewConfig);
    const config = emptyConfig(cloud, asked.label);
    fill(cloud, instance, config, asked);
    instance.configs.push(config);
    notify(cloud, "linode_config_create", entityOf(instance), entity(instance, config));
    return c.json(configView(instance, config));
  });
  api.get(`${path}/:config{[0-9]+}`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    return c.json(configView(instance, requireConfig(instance, c.req.param("config"))));
  });
  api.put(`${path}/:config{[0-9]+}`, async (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    const config = requireConfig(instance, c.req.param("config"));
    fill(cloud, instance, config, await readAsked(c, ChangedConfig));
    notify(cloud, "linode_config_update", entityOf(instance), entity(instance, config));
    return c.json(configView(instance, config));
  });
  api.delete(`${path}/:config{[0-9]+}`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    const config = requireConfig(instance, c.req.param("config"));
    instance.configs = instance.configs.filter((known) => known !== config);
    notify(cloud, "linode_config_delete", entityOf(instance), entity(instance, config));
    return c.json({});
  });
  api.get(`${path}/:config{[0-9]+}/interfaces`, (c) => {
    const instance = requireInstance(cloud, c.req.param("id"));
    return c.json(configView(instance, requireConfig(instance, c.req.param("config"))).interfaces);
  });
}

function fill(cloud: Cloud, instance: Instance, config: Config, asked: z.infer<typeof ChangedConfig>): void {
  for (const [name, device] of Object.entries(asked.devices ?? {})) {
    if (!(name in config.devices)) throw refused(`${name} is not a device`, `devices.${name}`);
    if (device?.disk_id && !instance.disks.some((disk) => disk.id === device.disk_id)) {
      throw refused("disk_id is not valid", `devices.${name}.disk_id`);
    }
    if (device?.volume_id && !cloud.state.volumes.some((volume) => volume.id === device.volume_id)) {
      throw refused("volume_id is not valid", `devices.${name}.volume_id`);
    }
  }
  if (asked.interfaces) config.interfaces = interfacesFrom(cloud, asked.interfaces);
  if (asked.devices) {
    for (const name of Object.keys(config.devices)) config.devices[name] = deviceFrom(asked.devices[name]);
    for (const device of Object.values(config.devices)) {
      const volume = cloud.state.volumes.find((known) => known.id === device?.volume_id);
      if (volume) Object.assign(volume, { linode: instance.id, target: instance.id });
    }
  }
  config.label = asked.label ?? config.label;
  config.kernel = asked.kernel ?? config.kernel;
  config.comments = asked.comments ?? config.comments;
  config.memoryLimit = asked.memory_limit ?? config.memoryLimit;
  config.rootDevice = asked.root_device ?? config.rootDevice;
  config.runLevel = asked.run_level ?? config.runLevel;
  config.virtMode = asked.virt_mode ?? config.virtMode;
  config.initrd = asked.initrd ?? config.initrd;
  config.helpers = { ...config.helpers, ...asked.helpers };
}

function deviceFrom(asked: z.infer<typeof AskedDevice>) {
  if (!asked?.disk_id && !asked?.volume_id) return null;
  return { disk_id: asked.disk_id ?? null, volume_id: asked.volume_id ?? null };
}
