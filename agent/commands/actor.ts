/** Variable by which whoever runs a command for a person names that person, e.g. `sudo SLIPWAY_ACTOR=alice slipway rollback notes`. */
export const ACTOR = "SLIPWAY_ACTOR";

/** Who asks, for the ledger: the person named, else the one who ran sudo, else root. */
export function actorOf(env: Readonly<Record<string, string | undefined>>): string {
  return (env[ACTOR] || env.SUDO_USER || "root").replace(/\s+/g, " ").trim() || "root";
}
