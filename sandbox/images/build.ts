import { join } from "node:path";
import { Readable } from "node:stream";
import { pack } from "tar-stream";
import { type Engine, finished, ifThere, statusOf } from "../engine";
import { withLock } from "../lock";
import { type Say, timed } from "../progress";
import { UserError } from "../userError";
import { acmeRecipe, nginxRecipe, nodeRecipe, pythonRecipe, registryRecipe, rubyRecipe } from "./apps";
import { baseRecipe } from "./base";
import { hostCertificates } from "./hostCertificates";
import { bareRecipe, goldenRecipe } from "./machine";
import { namesRecipe } from "./names";
import { officialPostgresRecipe } from "./officialPostgres";
import { postgresRecipe } from "./postgres";
import { imageOf, type Recipe } from "./recipe";
import { makeRootfs, rootfsImage } from "./rootfs";

/** Names of the images a sandbox runs on. */
export interface Images {
  readonly golden: string;
  readonly bare: string;
  readonly registry: string;
  readonly postgres: string;
  readonly names: string;
  readonly acme: string;
  readonly python: string;
}

/** Images for apps that are only made when asked for: bases of Dockerfiles, and databases of apps' own. */
export const extraNames = ["nginx", "node", "postgres", "ruby"] as const;
/** @see extraNames */
export type Extra = (typeof extraNames)[number];

/** Every recipe, from the ground up. */
export function recipes(rootfs: string, certificates: readonly string[]) {
  const base = baseRecipe(rootfs, certificates);
  const ground = imageOf(base);
  const bare = bareRecipe(ground);
  return {
    base,
    bare,
    golden: goldenRecipe(imageOf(bare)),
    registry: registryRecipe(ground),
    postgres: postgresRecipe(ground),
    names: namesRecipe(ground),
    acme: acmeRecipe(ground),
    python: pythonRecipe(ground),
    nginx: nginxRecipe(ground),
    node: nodeRecipe(ground),
    ruby: rubyRecipe(ground),
    officialPostgres: officialPostgresRecipe(ground),
  };
}

/**
 * Makes the images that are missing; those that are there are left alone. What an interrupted run finished is kept.
 * @param folder shared by all sandboxes of this user; holds the lock and downloads
 * @param extras further images that were asked for
 */
export async function ensureImages(
  engine: Engine,
  folder: string,
  extras: readonly Extra[],
  say: Say,
): Promise<Images> {
  const rootfs = rootfsImage();
  const all = recipes(rootfs, await hostCertificates());
  const images: Images = {
    golden: imageOf(all.golden),
    bare: imageOf(all.bare),
    registry: imageOf(all.registry),
    postgres: imageOf(all.postgres),
    names: imageOf(all.names),
    acme: imageOf(all.acme),
    python: imageOf(all.python),
  };
  const { nginx, node, ruby } = all;
  const further = { nginx, node, postgres: all.officialPostgres, ruby } satisfies Record<Extra, Recipe>;
  const wanted = [...Object.values(images), ...extras.map((name) => imageOf(further[name]))];
  if (!(await Promise.all(wanted.map((name) => has(engine, name)))).every(Boolean)) await makeAll();
  for (const recipe of [all.python, ...extras.map((name) => further[name])]) await nameForPeople(engine, recipe);
  return images;

  async function makeAll(): Promise<void> {
    await withLock(join(folder, "images.lock"), say, async () => {
      const make = (recipe: Recipe) =>
        ensure(engine, imageOf(recipe), () => timed(say, recipe.title, () => build(engine, recipe)));
      await ensure(engine, imageOf(all.base), async () => {
        await ensure(engine, rootfs, () =>
          timed(say, "Debian root file system", () => makeRootfs(engine, join(folder, "rootfs"))),
        );
        await timed(say, all.base.title, () => build(engine, all.base));
      });
      const machines = async () => {
        await make(all.bare);
        await make(all.golden);
      };
      const apps = async () => {
        await make(all.registry);
        await make(all.postgres);
        await make(all.names);
        await make(all.acme);
        await make(all.python);
        for (const name of extras) await make(further[name]);
      };
      // Both end before the lock goes, also when one of them fails.
      const ended = await Promise.allSettled([machines(), apps()]);
      for (const end of ended) if (end.status === "rejected") throw end.reason;
      await removeSuperseded(engine, [rootfs, ...Object.values(all).map(imageOf)]);
    });
  }
}

/** Age from which an image of another recipe goes, in seconds: until then another checkout may still want it. */
const grace = 24 * 3600;

/** Removes images of older recipes that no container uses. */
async function removeSuperseded(engine: Engine, current: readonly string[]): Promise<void> {
  const names = new Set(current.map((image) => image.split(":")[0]));
  const old = (await engine.docker.listImages()).filter((image) => image.Created < Date.now() / 1000 - grace);
  for (const name of old.flatMap((image) => image.RepoTags ?? [])) {
    const [repo = "", tag = ""] = name.split(":");
    if (!names.has(repo) || current.includes(name) || !/^[0-9a-f]{12}$/.test(tag)) continue;
    // 409: in use.
    await engine.docker
      .getImage(name)
      .remove()
      .catch((error: unknown) => {
        if (statusOf(error) !== 409 && statusOf(error) !== 404) throw error;
      });
  }
}

/** Points the names that stand in people's Dockerfiles to the image of this recipe, whichever checkout made it. */
async function nameForPeople(engine: Engine, recipe: Recipe): Promise<void> {
  const image = engine.docker.getImage(imageOf(recipe));
  const { Id: id } = await image.inspect();
  for (const tag of recipe.tags) {
    const repo = `slipway-sandbox/${recipe.name}`;
    const named = await ifThere(engine.docker.getImage(`${repo}:${tag}`).inspect());
    if (named?.Id !== id) await image.tag({ repo, tag });
  }
}

async function ensure(engine: Engine, image: string, make: () => Promise<void>): Promise<void> {
  if (!(await has(engine, image))) await make();
}

async function has(engine: Engine, image: string): Promise<boolean> {
  return (await ifThere(engine.docker.getImage(image).inspect())) !== undefined;
}

/** Variables by which a computer behind a proxy reaches the network; Docker knows these build arguments by itself. */
const proxies = ["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

async function build(engine: Engine, recipe: Recipe): Promise<void> {
  const context = pack();
  context.entry({ name: "Dockerfile" }, recipe.dockerfile);
  for (const [name, file] of Object.entries(recipe.files)) {
    // A fixed time keeps the engine's cache of finished steps good for the next run.
    context.entry({ name, mode: file.mode ?? 0o644, mtime: new Date(0) }, file.content);
  }
  context.finalize();
  const buildargs = Object.fromEntries(
    proxies.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  const options = { t: imageOf(recipe), networkmode: "host", rm: true, forcerm: true, buildargs };
  try {
    await finished(engine, await engine.docker.buildImage(Readable.from(context), options));
  } catch (error) {
    throw new UserError(
      `making the ${recipe.title} failed; starting again goes on from here: ${(error as Error).message}`,
    );
  }
}
