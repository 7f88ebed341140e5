/** Where a rehearsal takes place: a sandbox that nobody else uses, with a state of its own. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import { UserError } from "../lib/userError";
import { cacheFolder } from "../setup/cache";
import { currentSlot, type Slot } from "../stack/slot";

/** The highest slot; rehearsals take slots from there downwards, people and tests from 0 upwards. */
const LAST_SLOT = 31;

/** A slot that is taken for the rehearsal of one stack. */
export interface Place {
  readonly slot: Slot;
  /** Derived settings of the stack. */
  readonly file: string;
}

/**
 * Takes the slot that `SLIPWAY_SANDBOX_SLOT` names, or a free one.
 * @throws UserError if there is none, or an earlier rehearsal of the stack is still there
 */
export async function takePlace(stack: string): Promise<Place> {
  const earlier = placeOf(stack);
  if (earlier) {
    throw new UserError(
      `an earlier rehearsal of ${stack} is still there, in slot ${earlier.slot.number}; take it away first: ./scripts/rehearse ${stack} --down`,
    );
  }
  const asked = process.env.SLIPWAY_SANDBOX_SLOT;
  const candidates =
    asked === undefined
      ? Array.from({ length: LAST_SLOT }, (_, index) => String(LAST_SLOT - index))
      : [String(currentSlot(process.env).number)];
  for (const text of candidates) {
    const slot = currentSlot({ SLIPWAY_SANDBOX_SLOT: text });
    if ((await isUsed(slot)) || !claim(slot, stack)) continue;
    return { slot, file: fileIn(slot, stack) };
  }
  throw new UserError(
    asked === undefined
      ? "no sandbox is free; ./scripts/down and ./scripts/rehearse STACK --down take away what is there"
      : `slot ${asked} is in use, and a rehearsal needs a sandbox of its own; unset SLIPWAY_SANDBOX_SLOT to have a free one chosen`,
  );
}

/** Where an earlier rehearsal of a stack took place, if it is still there. */
export function placeOf(stack: string): Place | undefined {
  const root = cacheFolder("rehearsals");
  for (const text of existsSync(root) ? readdirSync(root) : []) {
    const mark = join(root, text, "stack");
    if (!existsSync(mark) || readFileSync(mark, "utf8") !== stack) continue;
    const slot = currentSlot({ SLIPWAY_SANDBOX_SLOT: text });
    return { slot, file: fileIn(slot, stack) };
  }
  return undefined;
}

/** Forgets a place with its state and settings. The sandbox itself is gone already. */
export function leavePlace({ slot, file }: Place): void {
  for (const path of [stateIn(slot), cacheFolder("stacks", String(slot.number)), dirname(file)])
    rmSync(path, { recursive: true, force: true });
}

function fileIn(slot: Slot, stack: string): string {
  return cacheFolder("rehearsals", String(slot.number), `Pulumi.${stack}.yaml`);
}

function stateIn(slot: Slot): string {
  return cacheFolder("state", String(slot.number));
}

/** Whether anyone has stacks or records in a slot, or something listens where its sandbox would. */
async function isUsed(slot: Slot): Promise<boolean> {
  return (
    hasStacks(stateIn(slot)) || existsSync(cacheFolder("sandbox", String(slot.number))) || (await listens(slot.api))
  );
}

function hasStacks(state: string): boolean {
  const folder = join(state, ".pulumi", "stacks");
  if (!existsSync(folder)) return false;
  return readdirSync(folder).some((project) =>
    readdirSync(join(folder, project)).some((file) => file.endsWith(".json")),
  );
}

function listens(api: string): Promise<boolean> {
  const { hostname, port } = new URL(api);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}

/** Of two at once, one makes the folder. */
function claim(slot: Slot, stack: string): boolean {
  const folder = dirname(fileIn(slot, stack));
  mkdirSync(dirname(folder), { recursive: true });
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(join(folder, "stack"), stack);
  return true;
}
