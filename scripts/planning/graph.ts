/** A picture of what changes: the components touched and what stands on what, as text for Mermaid. */

import { rootOf } from "./groups";
import { kindOf } from "./kinds";
import type { Fate, Step } from "./preview";

/** More nodes than this nobody reads. */
const mostNodes = 40;

/** How much a fate weighs: a component shows the heaviest of those within it. */
const weights: Readonly<Record<Fate, number>> = { same: 0, update: 1, create: 2, replace: 3, delete: 4 };

const styles: Readonly<Record<Exclude<Fate, "same">, string>> = {
  create: "stroke:#1a7f37,stroke-width:2px",
  update: "stroke:#9a6700,stroke-width:2px",
  replace: "stroke:#cf222e,stroke-width:3px",
  delete: "stroke:#cf222e,stroke-width:3px,stroke-dasharray:5 4",
};

interface Node {
  readonly root: Step;
  readonly fate: Fate;
  /** Whether there is nothing in the world that it stands for. */
  readonly isEmpty: boolean;
  /** Nodes that it stands on, by URN of their roots. */
  readonly on: ReadonlySet<string>;
}

/** Text of a flowchart; `undefined` where nothing changes. */
export function graphOf(steps: readonly Step[]): string | undefined {
  const nodes = fold(steps);
  const touched = [...nodes.values()].filter(({ fate, isEmpty }) => fate !== "same" && !isEmpty);
  if (touched.length === 0) return undefined;
  const drawn = touched.slice(0, mostNodes);
  const ids = new Map(drawn.map(({ root }, index) => [root.urn, `n${index}`]));
  const edges = reduce(new Map(drawn.map((node) => [node.root.urn, nearestTouched(node, nodes, ids)])));
  const used = [...new Set(drawn.map(({ fate }) => fate))].filter((fate) => fate !== "same");
  return [
    "flowchart LR",
    ...drawn.map(
      ({ root, fate }) => `  ${ids.get(root.urn)}["${escaped(labelOf(root))}<br/>${words[fate]}"]:::${fate}`,
    ),
    ...[...edges].flatMap(([urn, on]) => [...on].map((other) => `  ${ids.get(other)} --> ${ids.get(urn)}`)),
    ...(touched.length > drawn.length ? [`  more["and ${touched.length - drawn.length} more"]`] : []),
    ...used.map((fate) => `  classDef ${fate} ${styles[fate as Exclude<Fate, "same">]}`),
  ].join("\n");
}

const words: Readonly<Record<Fate, string>> = {
  same: "stays",
  create: "new",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
};

/** Everything under its outermost component. */
function fold(steps: readonly Step[]): ReadonlyMap<string, Node> {
  const byUrn = new Map(steps.map((step) => [step.urn, step]));
  const folded = new Map<string, { root: Step; fate: Fate; isEmpty: boolean; on: Set<string> }>();
  for (const step of steps) {
    const root = rootOf(step, byUrn);
    const node = folded.get(root.urn) ?? { root, fate: "same", isEmpty: true, on: new Set<string>() };
    folded.set(root.urn, node);
    node.isEmpty &&= step.isComponent;
    node.fate = heavier(node, step, root);
    for (const urn of step.dependencies) {
      const other = byUrn.get(urn);
      if (other && rootOf(other, byUrn).urn !== root.urn) node.on.add(rootOf(other, byUrn).urn);
    }
  }
  return folded;
}

/** A component that is itself new or gone says so; else the heaviest fate within it, save that what is new in an old one is a change of it. */
function heavier(node: { fate: Fate }, step: Step, root: Step): Fate {
  if (root.isComponent && (root.fate === "create" || root.fate === "delete")) return root.fate;
  const within = root.isComponent && (step.fate === "create" || step.fate === "delete") ? "update" : step.fate;
  return weights[within] > weights[node.fate] ? within : node.fate;
}

/** The touched nodes that one stands on, by way of others that aren't drawn. */
function nearestTouched(
  node: Node,
  nodes: ReadonlyMap<string, Node>,
  drawn: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set([node.root.urn]);
  const queue = [...node.on];
  for (let urn = queue.shift(); urn !== undefined; urn = queue.shift()) {
    if (seen.has(urn)) continue;
    seen.add(urn);
    if (drawn.has(urn)) found.add(urn);
    else queue.push(...(nodes.get(urn)?.on ?? []));
  }
  return found;
}

/** Without the edges that a longer way says already. */
function reduce(edges: ReadonlyMap<string, ReadonlySet<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    [...(edges.get(from) ?? [])].some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return new Map(
    [...edges].map(([urn, on]) => [
      urn,
      new Set([...on].filter((other) => ![...on].some((between) => between !== other && reaches(between, other)))),
    ]),
  );
}

function labelOf(root: Step): string {
  return `${kindOf(root).noun} ${root.name}`;
}

/** A label's text as Mermaid takes it within quotes. */
function escaped(text: string): string {
  return text.replace(/["#<>&;]/g, (mark) => `#${mark.charCodeAt(0)};`);
}
