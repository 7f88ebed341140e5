/** `slipway:ephemeral`: marks a stack as one that is thrown away, e.g. a pull request's. `scripts/preview-env` writes it. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { Name } from "../../agent/manifest";
import { MARK } from "../../infra/mark";
import { type Mistake, show } from "./mistakes";

/** What runs once in the first release, to fill the app's database. */
export const SeedCommand = z.strictObject({
  command: z.array(z.string()).min(1),
  /** Whose image and variables it gets. @default the release command's, else the first route's */
  process: Name.optional(),
});

/** The data of another app of the same machine, as it is before the first release. */
const SeedCopy = z.strictObject({
  /** That app's name on the machine. */
  copy: Name,
  /** SQL that is run on the copy before anyone sees it; a file, from the project's root. */
  scrub: z.string().min(1).optional(),
});

/** @see the file's head */
export const Ephemeral = z.strictObject({
  /** Number of the pull request. */
  pull: z.number().int().positive(),
  /** When it may be taken down, ISO 8601. */
  expires: z.iso.datetime(),
  /** Mark of the stack that it is modelled on, which what it makes bears. @default that of its machine's key for `deploy` */
  mark: z.string().regex(MARK, "12 hexadecimal digits").optional(),
  seed: z.record(Name, z.union([SeedCommand, SeedCopy], { error: "{ command } or { copy, scrub }" })).default({}),
});
/** @see Ephemeral */
export type Ephemeral = Omit<z.output<typeof Ephemeral>, "seed"> & {
  readonly seed: Readonly<Record<string, SeedPlan>>;
};

/** What an app's database is filled with; the SQL itself, not the file's name. */
export type SeedPlan = z.output<typeof SeedCommand> | { readonly copy: string; readonly scrub?: string };

/** Reads the files that are named. @param path where the section stands @param root where paths start from */
export function readEphemeral(
  section: z.output<typeof Ephemeral>,
  { path, root }: { readonly path: string; readonly root: string },
): { readonly ephemeral: Ephemeral; readonly mistakes: readonly Mistake[] } {
  const mistakes: Mistake[] = [];
  const seed = Object.entries(section.seed).map(([app, { ...given }]): [string, SeedPlan] => {
    if (!("copy" in given) || given.scrub === undefined) return [app, given as SeedPlan];
    try {
      return [app, { copy: given.copy, scrub: readFileSync(resolve(root, given.scrub), "utf8") }];
    } catch {
      mistakes.push({
        path: `${path}.seed.${app}.scrub`,
        what: `there is no file ${show(given.scrub)}`,
        allowed: "a file with SQL, from the project's root",
      });
      return [app, { copy: given.copy }];
    }
  });
  return { ephemeral: { ...section, seed: Object.fromEntries(seed) }, mistakes };
}
