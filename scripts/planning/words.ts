/** What becomes of resources, in words. */
import { commandWords, isCommand, kindOf, machineTypes, shown } from "./kinds";
import type { Step } from "./preview";

/** Lines on the steps of one group that change something; what needs no word has none. */
export function wordsOf(steps: readonly Step[]): readonly string[] {
  const changing = steps.filter(({ fate, isComponent }) => fate !== "same" && !isComponent);
  const images = changing.some(({ type, fate }) => type === "docker:index/image:Image" && fate !== "delete");
  const own = changing.flatMap((step) => appWords(step, images) ?? (isCommand(step) ? [] : [resourceWords(step)]));
  const commands = changing.filter((step) => isCommand(step) && appWords(step, images) === undefined);
  return [...new Set(own.filter((line) => line !== "")), ...commandLines(commands)];
}

/** What the roles of an app's own resources mean; an empty line for what goes without saying. */
function appWords(step: Step, images: boolean): string | undefined {
  const { name, fate, type } = step;
  const isNew = fate === "create";
  const isGone = fate === "delete";
  if (name.endsWith("-release-command")) {
    if (isNew) return "**first release**";
    if (isGone) return "**taken off** the machine";
    if (isOverNewConnection(step)) return "its release is handed over again, to the changed machine";
    return images ? "**a release** with a new image" : "**a release** with changed settings, and the image it has";
  }
  if (name.endsWith("-claim-command")) return "";
  if (/-database-(role|container|grants)$/.test(name)) {
    if (isNew) return "**new** database and role";
    if (isGone) return "**dropped**: database and role";
    return isOverNewConnection(step)
      ? "its database is set up again, on the changed machine"
      : "its database is set up again";
  }
  if (type === "random:index/randomPassword:RandomPassword") {
    const variable = /-secret-(\w+)$/.exec(name)?.[1];
    const what = variable === undefined ? "the password of its database" : `the secret ${variable}`;
    if (isNew) return variable === undefined ? "" : `**new**: ${what}, generated`;
    return isGone ? `**thrown away**: ${what}` : `**made anew**: ${what}`;
  }
  return undefined;
}

/** Whether a command differs by nothing but the way to its machine. */
export function isOverNewConnection({ fate, changed }: Step): boolean {
  return fate === "update" && changed.length > 0 && changed.every((key) => key === "connection");
}

function commandLines(steps: readonly Step[]): readonly string[] {
  const list = (some: readonly Step[]) => [...new Set(some.map(commandWords))].join(", ");
  const removed = steps.filter(({ fate }) => fate === "delete");
  const made = steps.filter(({ fate }) => fate === "create");
  const again = steps.filter((step) => step.fate === "update" && !isOverNewConnection(step));
  const anew = steps.filter((step) => step.fate === "replace" || isOverNewConnection(step));
  return [
    ...(made.length > 0 ? [`set up: ${list(made)}`] : []),
    ...(again.length > 0 ? [`set up again, as it changed: ${list(again)}`] : []),
    ...(anew.length > 0 ? [`set up again, as the machine or the way to it changes: ${list(anew)}`] : []),
    ...(removed.length > 0 ? [`no longer looked after: ${list(removed)}`] : []),
  ];
}

/** A line on a resource of a cloud's. */
function resourceWords(step: Step): string {
  const { noun } = kindOf(step);
  const name = `\`${step.name}\``;
  switch (step.fate) {
    case "create":
      return `**new** ${noun} ${name}${inBrackets(values(step))}`;
    case "delete":
      return `**removed**: ${noun} ${name}`;
    case "replace":
      return `**replaced**: ${noun} ${name}${inBrackets(differences(step, step.causes))}`;
    default:
      return `${noun} ${name}: ${differences(step, step.changed).join(", ") || "changed"}${isResize(step) ? "; the machine is restarted for it" : ""}`;
  }
}

function isResize({ type, changed }: Step): boolean {
  return machineTypes.includes(type) && (changed.includes("size") || changed.includes("type"));
}

function inBrackets(parts: readonly string[]): string {
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

function values(step: Step): readonly string[] {
  return (kindOf(step).shows ?? []).flatMap((key) =>
    step.after[key] === undefined ? [] : [`${key} ${shown(key, step.after[key])}`],
  );
}

/** What differs: from what to what, where that may be shown. */
export function differences(step: Step, keys: readonly string[]): readonly string[] {
  const { shows = [], hides = [] } = kindOf(step);
  return keys
    .filter((key) => !hides.includes(key))
    .map((key) =>
      shows.includes(key) ? `${key} ${shown(key, step.before[key])} → ${shown(key, step.after[key])}` : key,
    );
}
