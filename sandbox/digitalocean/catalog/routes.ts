import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env.js";
import { page } from "../envelope.js";
import { notFound } from "../errors.js";
import { findImage, images } from "./images.js";
import { regions } from "./regions.js";
import { sizes } from "./sizes.js";
import { imageView, regionView, sizeView } from "./views.js";

/** `/v2/regions`, `/v2/sizes`, `/v2/images`: what there is to choose from. */
export function catalogRoutes(app: Hono<SandboxEnv>): void {
  app.get("/v2/regions", (c) => page(c, "regions", regions, regionView));
  app.get("/v2/sizes", (c) => page(c, "sizes", sizes, sizeView));
  app.get("/v2/images", (c) => {
    const none = c.req.query("private") === "true" || c.req.query("tag_name") || c.req.query("type") === "application";
    return page(c, "images", none ? [] : images, imageView);
  });
  app.get("/v2/images/:image", (c) => {
    const image = findImage(c.req.param("image"));
    if (!image) throw notFound();
    return c.json({ image: imageView(image) });
  });
}
