/** `slipway:registry`: where images are pushed to and pulled from. */
import { z } from "zod";

/** Docker Hub's own names. Images are named after the first; the others are where its parts answer. */
const hub = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** Registries that hold the images of many, and what tells whose they are. */
const shared: Readonly<Record<string, string>> = {
  "ghcr.io": "the user or organisation on GitHub that owns the images",
  "docker.io": "the user or organisation on Docker Hub that owns the images",
  "registry.digitalocean.com": "the name of your registry",
  "quay.io": "the user or organisation on Quay that owns the images",
};

/** Pages that people look at images on, and the registry they mean. */
const pages: Readonly<Record<string, string>> = {
  "hub.docker.com": "docker.io",
  "github.com": "ghcr.io",
  "docker.pkg.github.com": "ghcr.io",
  "cloud.digitalocean.com": "registry.digitalocean.com",
};

/** The passwords are secrets of their own, `slipway:registry.password` and `slipway:registry.pullPassword`. */
export const Registry = z
  .strictObject({
    /** Host name and port, without a scheme. */
    server: z
      .string()
      .regex(/^[A-Za-z0-9.-]+(:\d+)?$/, "a host name with an optional port, without a scheme and a path: ghcr.io")
      .transform((server) => (hub.includes(server.toLowerCase()) ? "docker.io" : server.toLowerCase())),
    /** What stands between the server and the app's name, e.g. the organisation. */
    namespace: z
      .string()
      .regex(
        /^[a-z0-9]+([._/-][a-z0-9]+)*$/,
        "lower-case words joined by / . _ or -; images are named in lower case also where the owner's name is not",
      )
      .optional(),
    /** Who pushes; who pulls too, unless `pull` says otherwise. */
    username: z.string().min(1, "a name: see the registry's page for what it takes"),
    /** Who pulls: a login that may only read, for the hosts. @default the login that pushes */
    pull: z
      .strictObject({ username: z.string().min(1, "a name: see the registry's page for what it takes") })
      .optional(),
  })
  .superRefine(({ server, namespace }, context) => {
    const meant = pages[server];
    if (meant !== undefined) {
      context.addIssue({ code: "custom", path: ["server"], message: `the registry itself, which is ${meant}` });
    }
    const owner = shared[meant ?? server];
    if (owner !== undefined && namespace === undefined) {
      context.addIssue({
        code: "custom",
        path: ["namespace"],
        message: `${owner}, in lower case: images there are ${meant ?? server}/NAMESPACE/APP`,
      });
    }
    if (server === "registry.digitalocean.com" && namespace?.includes("/")) {
      context.addIssue({ code: "custom", path: ["namespace"], message: "the name of your registry alone" });
    }
  });
