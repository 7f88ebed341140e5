/** `scripts/preview-env`: an environment for a pull request, up, down, listed and reaped. */
import { writeFileSync } from "node:fs";
import Table from "cli-table3";
import { markOf } from "../../infra/mark";
import { readSettings } from "../../stacks/settings";
import type { StackConfig } from "../../stacks/settings/extends";
import { SettingsError } from "../../stacks/settings/mistakes";
import { readOrigin } from "../../stacks/settings/origin";
import { writeSummary } from "../lib/github";
import { UserError } from "../lib/userError";
import { PreviewBase } from "../previews/base";
import { derive, stackOf } from "../previews/derive";
import { openPulls, refuseFork } from "../previews/github";
import { dropDatabase, look, orphans, removeApp, type Whose } from "../previews/leftovers";
import { PreviewStack } from "../previews/previewStack";
import {
  type PreviewListed,
  pullNamed,
  pullsIn,
  type Reapable,
  reapable,
  reapName,
  reapText,
  unmarkedText,
} from "../previews/reap";
import { askRoom, memoryWanted, refuseFull } from "../previews/room";
import type { PreviewTag } from "../previews/tag";
import { undo, undoings } from "../previews/undo";
import { agoText, dueText, previewMarkdown } from "../previews/words";
import { checkout } from "../setup/cache";
import { onMachine } from "../ssh/machine";
import { Clouds } from "../stack/clouds";
import { mend } from "../stack/mend";
import { findNamed, isUnfinished } from "../stack/pendingCreates";
import { describeChanges } from "../stack/pulumiStack";
import { reachableUrls } from "../stack/reachable";
import { currentSlot } from "../stack/slot";

/** What every form of the verb is told. */
export interface PreviewOptions {
  /** Stack that previews are modelled on. */
  readonly on: string;
  readonly sandbox?: boolean;
  readonly json?: boolean;
  /** Seconds to wait for another run of the same preview. */
  readonly wait: number;
  /** File for Markdown on what came of `up`. */
  readonly out?: string;
}

/** Brings a pull request's environment up, or up to date. */
export async function previewUp(pull: number, { on, sandbox = false, json, wait, out }: PreviewOptions): Promise<void> {
  refuseFork(process.env);
  const base = await PreviewBase.open(on, { sandbox });
  const previews = base.previews();
  const now = Date.now();
  const expires = new Date(now + previews.hours * 3_600_000).toISOString();
  const [listed, machine] = await Promise.all([base.stack.siblings(), base.machine()]);
  const { mark } = whose(base, machine);
  const { config, mistakes } = derive({ base: on, config: base.config, previews, pull, expires, mark });
  const stack = stackOf(pull);
  if (mistakes.length > 0) throw new UserError(new SettingsError(stack, mistakes).message);
  const settings = check(base.project, stack, config);
  const wanted = memoryWanted(settings);
  const known = listed.some(({ name }) => name === stack);
  if (previews.machine === "shared") {
    if (!machine) throw new UserError(`stack ${on} has no machine for previews yet; bring it up first`);
    if (!known) await onMachine(on, machine, async (client) => refuseFull(on, wanted, await askRoom(client)));
  }
  const preview = new PreviewStack(base, stack, { config, wait });
  try {
    if (!known) await preview.init();
    await preview.takeSecrets();
    const before = known ? await preview.readTag() : undefined;
    const [url = ""] = settings.apps.flatMap(({ routes }) =>
      routes.map(({ host, path = "" }) => `${settings.tls.mode === "off" ? "http" : "https"}://${host}${path}`),
    );
    const tag: PreviewTag = {
      on,
      since: before?.since ?? new Date(now).toISOString(),
      expires,
      owner: readOrigin(process.env, checkout(), now).actor,
      size: "size" in settings.host ? settings.host.size : `${wanted} MB`,
      url,
    };
    await preview.tag(tag);
    if (known) await clearAway(base, preview, await preview.export());
    await preview.runPatiently(["up", "--yes", "--skip-preview"]);
    const changes = describeChanges(await preview.lastChanges());
    const markdown = previewMarkdown({ stack, url, expires, changes });
    if (out !== undefined) writeFileSync(out, markdown);
    writeSummary(markdown);
    if (json) say(JSON.stringify({ pull, stack, url, expires, changes }));
    else {
      say(changes);
      say(`expires ${dueText(Date.parse(expires), now)}, at ${expires}`);
      // The sandbox's port 80 is this computer's in no other way.
      const [here] = sandbox ? await reachableUrls(currentSlot(process.env), await preview.outputs()) : [];
      if (here?.way !== undefined) say(`from here: ${here.way}`);
      say(here?.url ?? url);
    }
  } finally {
    preview.close();
  }
}

/** Takes a pull request's environment away with all it had; what a run that was cut off has left, too. */
export async function previewDown(pull: number, { on, sandbox = false, wait }: PreviewOptions): Promise<void> {
  const base = await PreviewBase.open(on, { sandbox });
  await takeDown(base, pull, wait);
}

async function takeDown(base: PreviewBase, pull: number, wait: number): Promise<void> {
  const stack = stackOf(pull);
  const preview = new PreviewStack(base, stack, { wait });
  try {
    const machine = base.machine();
    // Whether it can be told is only asked once the stack is gone.
    machine.catch(() => {});
    const there = await destroy(base, preview);
    const left = await sweep(base, await machine, pull);
    say(
      there
        ? `${stack} is gone with all it had`
        : left > 0
          ? `there was no stack ${stack}; what it had left on the machine is gone`
          : `there is no ${stack}`,
    );
  } finally {
    preview.close();
  }
}

/** @returns whether there was such a stack */
async function destroy(base: PreviewBase, preview: PreviewStack): Promise<boolean> {
  const exported = await preview.export();
  if (exported === undefined) return false;
  await clearAway(base, preview, exported);
  await preview.runPatiently(["destroy", "--yes", "--skip-preview"]);
  await preview.forget();
  return true;
}

/** Undoes on the machine what a run that was cut off was making there, and takes in what it had ordered from the cloud. */
async function clearAway(base: PreviewBase, preview: PreviewStack, exported: unknown): Promise<void> {
  if (!isUnfinished(exported)) return;
  // What it is in the middle of may be what another run is doing at this moment.
  await preview.untilFree();
  for (const one of undoings(await preview.export())) await undo(preview.stack, one);
  const clouds = await Clouds.of(base.stack);
  await mend(preview, (path) => clouds.get(path));
}

/** What the previews of a stack bear, which lies in its machine's key. */
function whose(base: PreviewBase, machine: Awaited<ReturnType<PreviewBase["machine"]>>): Whose {
  return { project: base.project, mark: machine?.deployKey === undefined ? undefined : markOf(machine.deployKey) };
}

/** Removes what is on the machine of a preview that has no stack. @returns how many things there were */
async function sweep(base: PreviewBase, machine: Awaited<ReturnType<PreviewBase["machine"]>>, pull: number) {
  if (!machine) return 0;
  return onMachine(base.stack.stack, machine, async (client) => {
    const found = await look(client);
    const { apps, databases } = orphans(found, whose(base, machine), (other) => other === pull);
    for (const tenant of apps) await removeApp(client, tenant);
    for (const database of databases) await dropDatabase(client, database);
    return apps.length + databases.length;
  });
}

/** Lists every preview there is. */
export async function previewList({ on, sandbox = false, json }: PreviewOptions): Promise<void> {
  const base = await PreviewBase.open(on, { sandbox });
  const previews = await listed(base);
  const now = Date.now();
  if (json) {
    say(
      JSON.stringify(
        previews.map(({ pull, tag, resources }) => ({ pull, ...tag, resources })),
        null,
        2,
      ),
    );
    return;
  }
  if (previews.length === 0) {
    say("there are no previews");
    return;
  }
  const table = new Table({
    head: ["pull", "url", "age", "expires", "owner", "size"],
    style: { head: [], border: [] },
  });
  for (const { pull, tag } of previews)
    table.push(
      tag
        ? [
            pull,
            tag.url,
            agoText(Date.parse(tag.since), now),
            dueText(Date.parse(tag.expires), now),
            tag.owner,
            tag.size,
          ]
        : [pull, "not known: it has no tag", "", "", "", ""],
    );
  say(table.toString());
}

async function listed(base: PreviewBase): Promise<readonly PreviewListed[]> {
  const stacks = await base.stack.siblings();
  const found: PreviewListed[] = [];
  // One after another: each is a program that takes a processor while it runs.
  for (const pull of pullsIn(stacks)) {
    const preview = new PreviewStack(base, stackOf(pull), { wait: 0 });
    try {
      const { resourceCount } = stacks.find(({ name }) => name === stackOf(pull)) ?? {};
      found.push({ pull, tag: await preview.readTag(), resources: resourceCount });
    } finally {
      preview.close();
    }
  }
  return found;
}

/** What `reap` is told besides. */
export interface ReapOptions extends PreviewOptions {
  /** OWNER/NAME, whose pull requests are asked for. */
  readonly repository?: string;
  readonly yes?: boolean;
  /** KIND/NAME of things that bear no mark, which alone are taken away. */
  readonly remove: readonly string[];
}

/** Where each cloud's API begins. */
const prefixes: Readonly<Record<string, "/v2/" | "/v4/">> = { digitalocean: "/v2/", linode: "/v4/" };

/** Lists what may go, and takes it away where that is asked for. @returns the exit code */
export async function previewReap(options: ReapOptions): Promise<number> {
  const { on, sandbox = false, wait, repository, yes, json, remove } = options;
  const base = await PreviewBase.open(on, { sandbox });
  const machine = await base.machine();
  // Machine and cloud first: what is made there belongs to a stack that is there already.
  const found = machine && (await onMachine(on, machine, look));
  const clouds = await Clouds.of(base.stack);
  const prefix = prefixes[String(base.provider)];
  const cloud = prefix
    ? await findNamed(
        prefix,
        (name) => pullNamed(base.project, name) !== undefined,
        (path) => clouds.get(path),
      )
    : [];
  const previews = await listed(base);
  const stacks = (await base.stack.siblings()).map(({ name }) => name);
  const open = await openPulls(repository ?? process.env.GITHUB_REPOSITORY, process.env);
  const { own, unmarked } = reapable({
    ...whose(base, machine),
    stacks,
    previews,
    open,
    found,
    cloud,
    now: Date.now(),
  });
  const all = remove.length === 0 ? own : remove.map((name) => theOne(unmarked, name));
  if (json) say(JSON.stringify([...own, ...unmarked.map((one) => ({ ...one, unmarked: reapName(one) }))], null, 2));
  else {
    for (const one of all) say(reapText(one));
    if (all.length === 0) say("nothing is to go");
    if (remove.length === 0) for (const one of unmarked) say(unmarkedText(one, on));
    if (open === undefined)
      say("closed pull requests were not looked for: that needs GITHUB_TOKEN, and --repository or GITHUB_REPOSITORY");
  }
  if (!yes) {
    if (all.length > 0 && !json) say("nothing was deleted; with --yes it is");
    return 0;
  }
  let failed = 0;
  for (const one of all) {
    try {
      await takeAway(base, one, wait);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failed += 1;
      process.stderr.write(`${reapText(one)}: could not be deleted: ${error.message}\n`);
    }
  }
  return failed > 0 ? 1 : 0;
}

/** @throws UserError if nothing without a mark is called so */
function theOne(unmarked: readonly Reapable[], name: string): Reapable {
  const found = unmarked.find((one) => reapName(one) === name);
  if (found) return found;
  const known = unmarked.map(reapName).join(", ") || "nothing";
  throw new UserError(
    `--remove ${name}: that is none of what bears no mark and is called as a preview is; there is: ${known}`,
  );
}

async function takeAway(base: PreviewBase, one: Reapable, wait: number): Promise<void> {
  if (one.kind === "preview") return takeDown(base, one.pull, wait);
  if (one.kind === "cloud") return (await Clouds.of(base.stack)).remove(one.thing.path);
  const machine = await base.machine();
  if (!machine) return;
  const said = await onMachine(base.stack.stack, machine, (client) =>
    one.kind === "app" ? removeApp(client, one.tenant) : dropDatabase(client, one.database),
  );
  if (said !== "") process.stderr.write(`${said}\n`);
}

/** Has the program's own reader look at the settings before anything is made. @throws UserError with all mistakes */
function check(project: string, stack: string, config: StackConfig) {
  const isSecret = (key: string) => typeof config[key] === "object" && config[key] !== null && "secure" in config[key];
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key,
      isSecret(key) ? "not known here" : typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );
  try {
    return readSettings({ project, stack, values, isSecret, root: checkout() });
  } catch (error) {
    if (error instanceof SettingsError) throw new UserError(error.message);
    throw error;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
