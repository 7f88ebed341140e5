/** `slipway:ephemeral`: marks a stack as one that is thrown away, e.g. a pull request's. `scripts/preview-env` writes it. */
import { z } from "zod";
import { Name } from "../../agent/manifest";

/** What runs once in the first release, to fill the app's database. */
export const SeedCommand = z.strictObject({
  command: z.array(z.string()).min(1),
  /** Whose image and variables it gets. @default the release command's, else the first route's */
  process: Name.optional(),
});

/** @see the file's head */
export const Ephemeral = z.strictObject({
  /** Number of the pull request. */
  pull: z.number().int().positive(),
  /** When it may be taken down, ISO 8601. */
  expires: z.iso.datetime(),
  seed: z.record(Name, SeedCommand).default({}),
});
/** @see Ephemeral */
export type Ephemeral = z.output<typeof Ephemeral>;
