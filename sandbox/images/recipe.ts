import { createHash } from "node:crypto";

/** A file of a build context. */
export interface ContextFile {
  readonly content: string;
  /** Permission bits; 0o644 by default. */
  readonly mode?: number;
}

/** How one image is made. Its tag is the hash of all this, so a changed recipe is a new image. */
export interface Recipe {
  /** Last part of the image's name: `slipway-sandbox/NAME`. */
  readonly name: string;
  /** What it is, for progress lines. */
  readonly title: string;
  readonly dockerfile: string;
  readonly files: Readonly<Record<string, ContextFile>>;
  /** Further tags under which people's Dockerfiles name the image, e.g. `3.13`. */
  readonly tags: readonly string[];
}

/** Full name of the image that a recipe makes. The name of its parent stands in its Dockerfile, so a changed parent changes it. */
export function imageOf(recipe: Recipe): string {
  const facts = JSON.stringify([recipe.dockerfile, recipe.files]);
  return `slipway-sandbox/${recipe.name}:${createHash("sha256").update(facts).digest("hex").slice(0, 12)}`;
}

/** One `RUN` step that installs Debian packages and leaves no package lists behind. `before` and `after` are commands around it. */
export function aptInstall(
  packages: readonly string[],
  around: { readonly before?: readonly string[]; readonly after?: readonly string[] } = {},
): string {
  return `RUN ${[
    ...(around.before ?? []),
    "export DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8",
    "apt-get update -q",
    `apt-get install -qy --no-install-recommends ${packages.join(" ")}`,
    "apt-get clean",
    "rm -rf /var/lib/apt/lists/* /var/cache/debconf/*-old /var/log/apt /var/log/dpkg.log",
    ...(around.after ?? []),
  ].join(" \\\n && ")}`;
}
