/** The `docker` plugin's stand-in: images. */
import type { Plugin } from "../resource";
import { image } from "./image";

/** A plugin that uses the engine of `docker:host`, or else of `DOCKER_HOST`, or else the local one. */
export function docker(): Plugin {
  return {
    name: "docker",
    configure({ host }) {
      if (typeof host === "string" && host !== "") process.env.DOCKER_HOST = host;
    },
    resources: { "docker:index/image:Image": image },
  };
}
