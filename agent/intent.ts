/**
 * Records of intent: what an operation of several steps closes, stops or begins stands on disk before it is done, so that whoever comes
 * next on this host finishes or undoes what a kill has cut off (see `takeUp.ts`). One for each app, since each operation holds the app's
 * lock. A release has a record of its own: the folder it lays out.
 */
import * as z from "zod";
import type { Files } from "./host";
import { intentPath } from "./paths";
import { parsed } from "./stored";

/** What of an app stands still while its database changes. */
const Rest = {
  /** Whether the maintenance page is the operation's own, and so to be taken down with its end. */
  closed: z.boolean(),
  /** Ids of the containers that it stops, and that are to run again. */
  stopped: z.array(z.string()),
};

const Begun = {
  /** ISO 8601, when it was begun. */
  at: z.string(),
  /** Who asked. */
  actor: z.string(),
};

/** A restore of a snapshot; see `restore.ts`. */
export const RestoreIntent = z.object({
  kind: z.literal("restore"),
  ...Begun,
  ...Rest,
  snapshot: z.string(),
  /** The snapshot of the state before. */
  before: z.string(),
  /** The release that was live. */
  live: z.number().int(),
  /** Until `restoring` the database is untouched, from `restored` on it is the snapshot's. */
  step: z.enum(["begun", "restoring", "restored"]),
});
/** @see RestoreIntent */
export type RestoreIntent = z.infer<typeof RestoreIntent>;

/** A release that carries the database to another place; see `steps/move.ts`. */
export const MoveIntent = z.object({ kind: z.literal("move"), ...Begun, ...Rest });
/** @see MoveIntent */
export type MoveIntent = z.infer<typeof MoveIntent>;

/** A copy of another app's data; see `copy.ts`. */
export const CopyIntent = z.object({ kind: z.literal("copy"), ...Begun, from: z.string() });
/** @see CopyIntent */
export type CopyIntent = z.infer<typeof CopyIntent>;

/** The removal of an app; see `remove.ts`. */
export const RemoveIntent = z.object({
  kind: z.literal("remove"),
  ...Begun,
  /** Whether its data goes, too. */
  volumes: z.boolean(),
  /** Seconds between SIGTERM and SIGKILL. */
  drain: z.number().nonnegative(),
  /** Host names it answered to: their access logs go with the data. */
  hosts: z.array(z.string()),
});
/** @see RemoveIntent */
export type RemoveIntent = z.infer<typeof RemoveIntent>;

/** What was begun for an app. */
export const Intent = z.discriminatedUnion("kind", [RestoreIntent, MoveIntent, CopyIntent, RemoveIntent]);
/** @see Intent */
export type Intent = z.infer<typeof Intent>;

/** An intent that is being carried out. */
export interface OpenIntent<T extends Intent> {
  /** As it is on disk now. */
  readonly noted: T;
  /** Notes what is done next, before it is done. */
  note(changes: Partial<T>): Promise<void>;
  /** Ends it: nothing is left to be taken up. */
  close(): Promise<void>;
}

/** Notes what is about to be done to an app, in place of any other intent. Resolves once it would outlive a power cut. */
export async function openIntent<T extends Intent>(files: Files, app: string, intent: T): Promise<OpenIntent<T>> {
  const write = (noted: T) => files.write(intentPath(app), `${JSON.stringify(noted)}\n`, 0o600);
  await write(intent);
  const open = {
    noted: intent,
    async note(changes: Partial<T>) {
      open.noted = { ...open.noted, ...changes };
      await write(open.noted);
    },
    close: () => endIntent(files, app),
  };
  return open;
}

/** What was begun for an app and isn't over; `undefined` where nothing was. @throws Failure if the file can't be read */
export async function readIntent(files: Files, app: string): Promise<Intent | undefined> {
  return parsed(
    files,
    intentPath(app),
    Intent,
    `It says what a run that was cut off has begun. See that ${app} runs and is open (sudo slipway status ${app}, ` +
      `sudo slipway maintenance ${app} off), then remove the file`,
  );
}

/** Ends an app's intent. */
export async function endIntent(files: Files, app: string): Promise<void> {
  await files.remove(intentPath(app));
}

/** What was begun, and when, in words. */
export function intentText({ kind, at, actor }: Pick<Intent, "kind" | "at" | "actor">): string {
  const names: Readonly<Record<Intent["kind"], string>> = {
    restore: "a restore",
    move: "a move of its database",
    copy: "a copy of another app's data",
    remove: "its removal",
  };
  return `${names[kind]} by ${actor} (${at.slice(0, 19).replace("T", " ")} UTC)`;
}
