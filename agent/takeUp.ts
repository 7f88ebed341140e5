/** Finishes or undoes what a kill, of the engine or of the machine, has cut off, by the record of intent it has left. */
import { dirname } from "node:path";
import { Failure, reasonOf } from "./failure";
import type { Host } from "./host";
import {
  type CopyIntent,
  endIntent,
  type Intent,
  intentText,
  type MoveIntent,
  type RemoveIntent,
  readIntent,
} from "./intent";
import { appPaths } from "./paths";
import { takeUpRestore } from "./restoreCutOff";
import { judge } from "./steps/judge";
import { tidy } from "./steps/tidy";
import { takeOff } from "./takeOff";

/** What a kind of operation is taken up with. */
interface Cut<T extends Intent> {
  readonly host: Host;
  readonly app: string;
  /** Who holds the app's lease, one line. */
  readonly owner: string;
  readonly intent: T;
}

/** How each kind is taken up: resolves with a line for each thing that was done, and can be repeated if it is cut off itself. */
const KINDS: {
  readonly [K in Intent["kind"]]: (cut: Cut<Extract<Intent, { kind: K }>>) => Promise<readonly string[]>;
} = {
  restore: takeUpRestore,
  move: takeUpMove,
  copy: takeUpCopy,
  remove: takeUpRemoval,
};

/**
 * Takes up what was begun for an app, under its lease.
 * @returns a line for each thing that was done
 * @throws Failure saying what stands in the way; the record stays for whoever comes next
 */
export async function takeUp(host: Host, app: string, owner: string): Promise<readonly string[]> {
  const intent = await readIntent(host.files, app);
  if (!intent) return [];
  // The compiler can't see that the key is the kind of what it is called with.
  const kind = KINDS[intent.kind] as (cut: Cut<Intent>) => Promise<readonly string[]>;
  const lines = await kind({ host, app, owner, intent }).catch((thrown: unknown) => {
    throw thrown instanceof Failure
      ? new Failure(`what was cut off of ${app}, ${intentText(intent)}, can't be taken up: ${reasonOf(thrown)}`)
      : thrown;
  });
  await endIntent(host.files, app);
  return lines;
}

/** Whether the old release or the new one serves is the release's own matter; the page goes once that one runs. */
async function takeUpMove({ host, app, owner }: Cut<MoveIntent>): Promise<readonly string[]> {
  const { live, notes } = await judge(host, app);
  const { mended } = await tidy({ host, app, owner, live });
  return [...notes, ...mended];
}

/** It is in one transaction, so there is nothing to undo in the database; the dump is another app's data. */
async function takeUpCopy({ host, app, intent }: Cut<CopyIntent>): Promise<readonly string[]> {
  const { copy } = appPaths(app);
  const folder = dirname(copy);
  const left = (await host.files.list(folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => path.startsWith(copy));
  await Promise.all(left.map((path) => host.files.remove(path)));
  return [
    `${intentText(intent)} was cut off: the dump of ${intent.from} is removed, and what the database holds is whole or nothing; copy again`,
  ];
}

async function takeUpRemoval({ host, app, owner, intent }: Cut<RemoveIntent>): Promise<readonly string[]> {
  const done = await takeOff({ host, app, owner, order: intent, say: () => {} });
  return [`${intentText(intent)} was cut off, and is finished: ${done}`];
}
