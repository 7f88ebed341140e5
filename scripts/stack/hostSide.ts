/** The two sides of a comparison of a stack with its host, as each of them tells its own. */
import { UserError } from "../lib/userError";
import { HostSide, type StackApp } from "./drift";
import type { Outputs } from "./outputs";

/** What a stack's outputs say of its apps, by their names on the host. */
export function stackSideOf({ releases, urls, provenance, onHost }: Outputs): Record<string, StackApp> {
  return Object.fromEntries(
    Object.entries(releases).map(([app, { number, images }]) => {
      const { actor, commit } = provenance[app]?.origin ?? {};
      return [onHost[app] ?? app, { release: number, images, addresses: urls[app] ?? [], actor, commit }];
    }),
  );
}

/** What `slipway status --json` printed. @throws UserError if another release engine printed it */
export function hostSideOf(text: string): HostSide {
  const parsed = HostSide.safeParse(parsedJson(text));
  if (parsed.success) return parsed.data;
  throw new UserError(
    "the release engine on the host speaks another language than this checkout; bring the stack up, which updates it",
  );
}

/** A host as one stack sees it: other stacks may have apps there, too. */
export function withoutOthers(host: HostSide, stack: Readonly<Record<string, StackApp>>): HostSide {
  const own = new Set(host.apps.filter(({ app }) => app in stack).map((found) => found.stack));
  return { ...host, apps: host.apps.filter((found) => own.size === 0 || own.has(found.stack)) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
