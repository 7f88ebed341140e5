/** Names of secrets and variables, and what stands under which. Plain data. */

/** What CI is told of the machine, and where unless asked otherwise. */
export const PIECES = {
  host: "vars.SLIPWAY_HOST",
  port: "vars.SLIPWAY_PORT",
  user: "vars.SLIPWAY_USER",
  knownHosts: "vars.SLIPWAY_KNOWN_HOSTS",
  key: "secrets.SLIPWAY_KEY",
  deployKey: "secrets.SLIPWAY_DEPLOY_KEY",
} as const;
/** @see PIECES */
export type Piece = keyof typeof PIECES;

/** Those of them that nobody may read. */
export const PRIVATE: readonly string[] = ["key", "deployKey"] satisfies readonly Piece[];

/** A name in one of an environment's two lists. */
export interface Place {
  readonly in: "secrets" | "variables";
  readonly name: string;
}

/** Whether a name is not one of GitHub's own. */
export function isFree(name: string): boolean {
  return !/^github_/i.test(name);
}

/** The name in what a workflow writes. */
export function nameIn(place: string): string {
  return place.replace(/^(secrets|vars)\./, "");
}

/** What a workflow writes as a place. @param usual says in which list, where only a name is given */
export function placeOf(asked: string, usual: string): Place {
  const kind = /^(secrets|vars)\./.exec(asked)?.[1] ?? /^(secrets|vars)\./.exec(usual)?.[1];
  return { in: kind === "vars" ? "variables" : "secrets", name: nameIn(asked) };
}
