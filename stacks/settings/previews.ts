/** `slipway:previews`: what an environment of a pull request is like, said by the stack that it is modelled on. */
import { z } from "zod";
import { Name } from "../../agent/manifest";
import { SeedCommand } from "./ephemeral";
import { type Mistake, nearest, show } from "./mistakes";
import { Cpus, Memory } from "./resources";
import { HostName } from "./routes";

/** `APP.VARIABLE`, a secret of an app's. */
const SecretName = z.string().regex(/^[a-z][a-z0-9-]*\.[A-Za-z_][A-Za-z0-9_]*$/, "APP.VARIABLE, e.g. notes.STRIPE_KEY");

/** What is in an app's database at first, beyond what its release command makes. */
const Seed = z.union(
  [
    SeedCommand,
    z.strictObject({
      /** The stack's own data, as it is then. */
      copy: z.literal(true),
      /** SQL that is run on the copy before anyone sees it; a file, from the project's root. */
      scrub: z.string().min(1).optional(),
    }),
  ],
  { error: "{ command: [WORDS] } or { copy: true, scrub: FILE }" },
);

/** @see the file's head */
export const Previews = z.strictObject({
  /** Each gets a name below it, e.g. `pr-7.previews.example.com`. */
  domain: HostName.refine((text) => text.includes(".") || text === "localhost", "a domain, e.g. previews.example.com"),
  /** Hours that one lives after it was brought up last. @default 72 */
  hours: z.number().int().min(1).max(8760).default(72),
  /** Where they run: beside the stack that says so, or each on a machine of its own. @default shared */
  machine: z.enum(["shared", "own"]).default("shared"),
  /** Size of a machine of its own. @default the stack's */
  size: z.string().min(1).optional(),
  /** MB that each process may take. @default 512 on a shared machine, no limit on one of its own */
  memory: Memory.optional(),
  /** Processors that each process may take. @default 0.5 on a shared machine, no limit on one of its own */
  cpus: Cpus.optional(),
  /** What becomes of a secret that the stack has from its configuration: made anew, or the stack's own value. */
  secrets: z.record(SecretName, z.enum(["generate", "share"])).default({}),
  /** What is in an app's database at first. @default what its release command makes */
  seed: z.record(Name, Seed).default({}),
  /** Settings of apps, laid over the stack's; an app that is null is left out. */
  apps: z.record(Name, z.record(z.string(), z.unknown()).nullable()).default({}),
});
/** @see Previews */
export type Previews = z.output<typeof Previews>;

/** What a process of a preview may take on a shared machine, where the settings don't say. */
export const sharedLimit = { memory: 512, cpus: 0.5 } as const;

/** What of it does not go with the rest of the stack's settings. @param path where it stands */
export function previewsMistakes(
  path: string,
  { machine, size, seed, apps, secrets }: Previews,
  stack: { readonly apps: readonly string[]; readonly provider: string | undefined },
): Mistake[] {
  const named = [
    ...Object.keys(seed).map((app) => ({ at: `${path}.seed.${app}`, app })),
    ...Object.keys(apps).map((app) => ({ at: `${path}.apps.${app}`, app })),
    ...Object.keys(secrets).map((key) => ({ at: `${path}.secrets.${key}`, app: key.split(".")[0] ?? "" })),
  ];
  const unknown = named
    .filter(({ app }) => !stack.apps.includes(app))
    .map(({ at, app }) => {
      const meant = nearest(app, stack.apps);
      return {
        path: at,
        what: `${show(app)} is no app of this stack`,
        allowed: stack.apps.join(", "),
        ...(meant ? { mend: `did you mean ${meant}?` } : {}),
      };
    });
  const clouds = ["digitalocean", "linode"];
  const own = machine === "own";
  const granted = Object.entries(apps)
    .filter(([, app]) => app !== null && "grants" in app)
    .map(([app]) => ({
      path: `${path}.apps.${app}.grants`,
      what: "are never a preview's: whoever opens a pull request would have them",
      mend: "remove it",
    }));
  return [
    ...unknown,
    ...granted,
    ...(own && stack.provider !== undefined && !clouds.includes(stack.provider)
      ? [
          {
            path: `${path}.machine`,
            what: `own machines are made by a cloud, and slipway:host.provider is ${stack.provider}`,
            allowed: "shared",
          },
        ]
      : []),
    ...(!own && size !== undefined
      ? [{ path: `${path}.size`, what: "is of a machine of its own", mend: "remove it, or say machine: own" }]
      : []),
    ...Object.entries(seed)
      .filter(([, given]) => own && "copy" in given)
      .map(([app]) => ({
        path: `${path}.seed.${app}.copy`,
        what: "the stack's data is copied on its own machine only",
        mend: "say machine: shared, or fill it by a command",
      })),
  ];
}
