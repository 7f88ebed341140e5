import { z } from "zod";
import { parseSaved, records } from "../store/saved";
import type { Account, Team, Token } from "./accounts/model";
import type { Repository } from "./repositories/model";

/** What the last thing of each kind was numbered. */
export interface Counters {
  account: number;
  team: number;
  repository: number;
  environment: number;
  rule: number;
  policy: number;
  key: number;
  issue: number;
  comment: number;
}

/** Everything the GitHub emulator knows. Plain JSON; lists are in the order of making. */
export interface State {
  counters: Counters;
  accounts: Account[];
  teams: Team[];
  tokens: Token[];
  repositories: Repository[];
}

/** Name of the user whom every token belongs to that nothing else is known of. */
export const LOGIN = "slipway";

/** A GitHub with one user and nothing else. */
export function emptyState(): State {
  return {
    counters: {
      account: 190_000_001,
      team: 11_000_000,
      repository: 1_060_000_000,
      environment: 8_900_000_000,
      rule: 50_000_000,
      policy: 36_000_000,
      key: 132_000_000,
      issue: 3_500_000_000,
      comment: 3_400_000_000,
    },
    accounts: [
      { id: 190_000_001, login: LOGIN, type: "User", plan: "pro", created: Date.parse("2026-01-01T00:00:00Z") },
    ],
    teams: [],
    tokens: [],
    repositories: [],
  };
}

/** The outline of saved records: enough to tell them from another file's. */
const Outline = z.object({
  counters: z.record(z.string(), z.number().int().nonnegative()),
  accounts: records,
  teams: records,
  tokens: records,
  repositories: records,
});

/** Saved records as {@link State}. Throws on another outline. */
export function parseState(value: unknown): State {
  return parseSaved(value, emptyState(), Outline);
}
