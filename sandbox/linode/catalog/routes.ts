import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { page } from "../envelope";
import { notFound } from "../errors";
import { findImage, images } from "./images";
import { findRegion, type Region, regions } from "./regions";
import { findType, types } from "./types";
import { imageView, regionView, typeView } from "./views";

const TYPE_FILTERS = ["class", "disk", "gpus", "label", "memory", "network_out", "transfer", "vcpus"];
const IMAGE_FILTERS = ["deprecated", "is_public", "is_shared", "label", "size", "status", "tags", "type", "vendor"];

/** The kernels a config can name; machines run this computer's. */
const kernels = ["linode/latest-64bit", "linode/grub2", "linode/direct-disk"].map((id) => ({
  id,
  label: id === "linode/latest-64bit" ? "Latest 64 bit" : id === "linode/grub2" ? "GRUB 2" : "Direct Disk",
  version: "",
  kvm: true,
  architecture: "x86_64",
  pvops: true,
  deprecated: false,
  built: "2025-01-01T00:00:00",
}));

/** `/regions`, `/linode/types`, `/linode/kernels`, `/images`: what there is to choose from. They ask for no token. */
export function catalogRoutes(api: Hono<SandboxEnv>): void {
  api.get("/regions", (c) => page(c, regions.map(regionView), ["country", "site_type"]));
  api.get("/regions/availability", (c) => page(c, regions.flatMap(availability), ["available", "plan", "region"]));
  api.get("/regions/vpc-availability", (c) => page(c, regions.map(vpcAvailability), ["region"]));
  api.get("/regions/:id", (c) => c.json(regionView(found(findRegion(c.req.param("id"))))));
  api.get("/regions/:id/availability", (c) => c.json(availability(found(findRegion(c.req.param("id"))))));
  api.get("/linode/types", (c) => page(c, types.map(typeView), TYPE_FILTERS));
  api.get("/linode/types/:id", (c) => c.json(typeView(found(findType(c.req.param("id"))))));
  api.get("/linode/kernels", (c) =>
    page(c, kernels, ["architecture", "deprecated", "kvm", "label", "pvops", "version"]),
  );
  api.get("/linode/kernels/linode/:id", (c) => {
    return c.json(found(kernels.find((kernel) => kernel.id === `linode/${c.req.param("id")}`)));
  });
  api.get("/images", (c) => page(c, images.map(imageView), IMAGE_FILTERS));
  api.get("/images/linode/:id", (c) => c.json(imageView(found(findImage(`linode/${c.req.param("id")}`)))));
  // The Python client writes the slash of an image's id as %2F, which a path keeps.
  api.get("/images/:id", (c) => c.json(imageView(found(findImage(c.req.param("id"))))));
}

function availability(region: Region) {
  return types.map((type) => ({ region: region.id, plan: type.id, available: isOffered(region, type.class) }));
}

function vpcAvailability(region: Region) {
  return { region: region.id, available: region.capabilities.includes("VPCs"), available_ipv6_prefix_lengths: [] };
}

/** Whether a region has plans of a class. */
export function isOffered(region: Region, kind: string): boolean {
  return kind !== "premium" || region.capabilities.includes("Premium Plans");
}

function found<T>(thing: T | undefined): T {
  if (thing === undefined) throw notFound();
  return thing;
}
