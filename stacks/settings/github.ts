/** `slipway:github`: the repository whose workflows release this stack, and what they are given for it. */
import { z } from "zod";
import { githubMistakes } from "./githubChecks";
import { type Origin, originOf, type Sources } from "./githubOrigin";
import { isFree, nameIn, PIECES, type Piece, type Place, placeOf } from "./githubPlaces";
import { fromZod, type Mistake } from "./mistakes";

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const NAME_RULE = "letters, digits and _, not starting with a digit";

const Name = z
  .string()
  .regex(NAME, NAME_RULE)
  .refine(isFree, "a name that does not start with GITHUB_, which is GitHub's own");

/** Where a workflow finds a thing, as it writes it itself. */
const PlaceText = z
  .string()
  .regex(/^((secrets|vars)\.)?[A-Za-z_][A-Za-z0-9_]*$/, "secrets.NAME, vars.NAME or NAME, as a workflow writes it")
  .refine((place) => isFree(nameIn(place)), "a name that does not start with GITHUB_, which is GitHub's own");

/** What may stand in a stack's file. */
export const GitHub = z.strictObject({
  /** `OWNER/NAME`. */
  repository: z
    .string()
    .regex(
      /^[A-Za-z0-9](-?[A-Za-z0-9]){0,38}\/(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}$/,
      "OWNER/NAME, as in the repository's address",
    ),
  /** @default the stack's name */
  environment: z
    .string()
    .max(255, "at most 255 characters")
    .regex(/^[A-Za-z0-9]([A-Za-z0-9 ._/-]*[A-Za-z0-9._-])?$/, "letters, digits, inner spaces and . _ / -")
    .optional(),
  /** Who may approve what waits for the environment, by login and by a team's slug. @default nobody has to */
  reviewers: z
    .strictObject({ users: z.array(z.string().min(1)).default([]), teams: z.array(z.string().min(1)).default([]) })
    .prefault({}),
  /** Patterns of the branches that may use it. @default any */
  branches: z.array(z.string().min(1)).default([]),
  /** Minutes that a job waits. @default 0 */
  wait: z.number().int().min(0).max(43_200).default(0),
  /** Whether who starts a run may approve it. @default true */
  selfReview: z.boolean().default(true),
  /** A key of the repository for git, whose private half is a secret of the environment. @default none */
  deployKey: z.enum(["none", "read", "write"]).default("none"),
  /** @see PIECES */
  names: z.partialRecord(z.enum(Object.keys(PIECES) as [Piece, ...Piece[]]), PlaceText).default({}),
  /** By name, each with where its value comes from: `config`, `registry.PART`, `APP.database.PART` or `APP.VARIABLE`. */
  secrets: z.record(Name, z.string()).default({}),
  variables: z.record(Name, z.union([z.string(), z.number(), z.boolean()]).transform(String)).default({}),
  /** What CI's secrets are known by without being known, so that stacks can be compared; `scripts/ci-secrets` writes it. */
  fingerprints: z
    .record(Name, z.string().regex(/^s1-[0-9a-f]{24}$/, "a fingerprint, as ci-secrets writes it"))
    .optional(),
});

/** @see GitHub */
export type GitHubSection = z.output<typeof GitHub>;

/** The section, checked. */
export interface GitHubSettings {
  readonly owner: string;
  readonly repository: string;
  readonly environment: string;
  readonly reviewers: { readonly users: readonly string[]; readonly teams: readonly string[] };
  readonly branches: readonly string[];
  readonly wait: number;
  readonly selfReview: boolean;
  readonly deployKey: "none" | "read" | "write";
  readonly names: Readonly<Record<Piece, Place>>;
  readonly secrets: Readonly<Record<string, Origin>>;
  readonly variables: Readonly<Record<string, string>>;
  /** Address of another installation than github.com. */
  readonly baseUrl?: string | undefined;
  /** In clear here, and made a secret by whoever wires it. */
  readonly token: string;
}

/** What the section is read with. */
export interface GitHubContext extends Sources {
  readonly stack: string;
  /** Whether CI gets a key of its own to release with. */
  readonly ci: boolean;
}

/** The section and all that is wrong with it. */
export function readGitHub(
  section: unknown,
  context: GitHubContext,
): { readonly settings?: Omit<GitHubSettings, "baseUrl" | "token">; readonly mistakes: readonly Mistake[] } {
  const { path, stack } = context;
  const parsed = GitHub.safeParse(section);
  if (!parsed.success) return { mistakes: fromZod(path, section, parsed.error) };
  const { repository: full, environment = stack, ...given } = parsed.data;
  const [owner = "", repository = ""] = full.split("/");
  const mistakes: Mistake[] = [];
  const secrets = Object.entries(given.secrets).flatMap(([name, text]): [string, Origin][] => {
    const origin = originOf(name, text, context);
    if (!("what" in origin)) return [[name, origin]];
    mistakes.push(origin);
    return [];
  });
  const names = Object.fromEntries(
    Object.entries(PIECES).map(([piece, usual]) => [piece, placeOf(given.names[piece as Piece] ?? usual, usual)]),
  ) as Record<Piece, Place>;
  mistakes.push(...githubMistakes(path, parsed.data, names, secrets, context.ci));
  const settings = { ...given, owner, repository, environment, names, secrets: Object.fromEntries(secrets) };
  return { ...(mistakes.length === 0 ? { settings } : {}), mistakes };
}
