import type { Hono } from "hono";
import type { SandboxEnv } from "../../http/env";
import { page } from "../envelope";
import { notFound } from "../errors";
import { findImage, images } from "./images";
import { regions } from "./regions";
import { sizes } from "./sizes";
import { imageView, regionView, sizeView } from "./views";

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
