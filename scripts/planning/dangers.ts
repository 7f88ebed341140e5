/** What a reader has to see first: that something would be replaced or deleted, and what is lost with it. */
import { commandWords, isCommand, kindOf, machineTypes, volumeTypes } from "./kinds";
import type { Step } from "./preview";
import { differences } from "./words";

/** @see the file's head */
export interface Dangers {
  /** Lines on what would take data or a machine with it. */
  readonly data: readonly string[];
  /** Lines on the rest that would be replaced or deleted. */
  readonly rest: readonly string[];
}

/** Where the last dump of a dropped database stays; see infra/database/lastDump.ts. */
const lastDumps = "/var/lib/slipway/dropped";

/** @see the file's head */
export function dangersOf(steps: readonly Step[]): Dangers {
  const going = steps.filter(({ fate, isComponent }) => !isComponent && (fate === "replace" || fate === "delete"));
  const keptVolume = steps.find(
    ({ type, fate }) => volumeTypes.includes(type) && (fate === "same" || fate === "update"),
  );
  const machineGoes = going.some(({ type, fate }) => machineTypes.includes(type) && fate === "delete");
  const data: string[] = [];
  const rest: string[] = [];
  for (const step of going) {
    const line = dataLine(step, keptVolume?.name, machineGoes);
    if (line !== undefined) data.push(`${line}${step.protected ? ". It is protected, so Pulumi refuses" : ""}`);
    else rest.push(...plainLine(step));
  }
  return { data, rest };
}

function dataLine(step: Step, keptVolume: string | undefined, machineGoes: boolean): string | undefined {
  const { noun, loses } = kindOf(step);
  const what = `${noun} \`${step.name}\` is **${step.fate === "replace" ? "replaced" : "deleted"}**${why(step)}`;
  if (machineTypes.includes(step.type)) {
    const disk = keptVolume
      ? `what is on its own disk is lost; what is on the volume \`${keptVolume}\` stays`
      : "what is on its own disk is lost: databases, uploads, old releases";
    return `${what}: ${step.fate === "replace" ? "a new machine with another address, no app answers meanwhile, and " : ""}${disk}`;
  }
  if (loses !== undefined) return `${what}: with it goes ${loses}`;
  const app = /^(.+)-database-(role|container|grants)$/.exec(step.name)?.[1];
  if (app !== undefined && isCommand(step) && !machineGoes) {
    return `the database of ${app} is **dropped**; one with tables in it is dumped first, to \`${lastDumps}\` on the machine`;
  }
  const secret = /^(.+)-secret-(\w+)$/.exec(step.name);
  if (secret && step.fate === "replace") {
    return `the secret ${secret[2]} of ${secret[1]} is **made anew**: what was signed or encrypted with the old one is void`;
  }
  return undefined;
}

function why(step: Step): string {
  const parts = differences(step, step.causes);
  return step.fate === "replace" && parts.length > 0 ? ` (${parts.join(", ")})` : "";
}

/** None for what goes with an app or a machine, and for a step that is only run again. */
function plainLine(step: Step): readonly string[] {
  const app = /^(.+)-release-command$/.exec(step.name)?.[1];
  if (app !== undefined) return step.fate === "delete" ? [`the app ${app} is **taken off** the machine`] : [];
  if (/-(claim-command|database-password)$/.test(step.name)) return [];
  if (isCommand(step)) return step.fate === "delete" ? [`${commandWords(step)}: no longer looked after`] : [];
  const { noun } = kindOf(step);
  return [`${noun} \`${step.name}\` is ${step.fate === "replace" ? "replaced" : "deleted"}${why(step)}`];
}
