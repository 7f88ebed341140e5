/**
 * Which secrets a stack that anybody may deploy shares with one that somebody has to approve: who may push a branch gets the first one's, and
 * with them the other's. Values are compared in memory or by their fingerprints, and never printed. Plain data but for `readStacks`.
 */
import { scryptSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { isProduction } from "../../stacks/settings/policies";
import { Passphrase } from "../rehearsal/passphrase";
import { checkout } from "../setup/cache";

/** What opens a stack or its cloud. A registry's password and an app's own secrets are not among it: they reach no further than their stack says. */
export const COMPARED = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "PULUMI_BACKEND_URL",
  "DIGITALOCEAN_TOKEN",
  "LINODE_TOKEN",
  "GITHUB_TOKEN",
] as const;

/** Where a stack's configuration has those that are no variables of CI's. */
const CONFIGURED = {
  DIGITALOCEAN_TOKEN: "digitalocean:token",
  LINODE_TOKEN: "linode:token",
  GITHUB_TOKEN: "github:token",
} as const;

/** A stack, as its file tells of it without any secret. */
export interface SeenStack {
  readonly name: string;
  /** `guarded`: somebody has to approve, or CI has no part in it; `open`: whoever may push a branch deploys; `neither`: CI has no part in it, and it is no production. */
  readonly kind: "guarded" | "open" | "neither";
  /** Its `encryptionsalt`, which tells whether a passphrase opens it. */
  readonly salt?: string | undefined;
  /** By name of COMPARED. */
  readonly fingerprints: Readonly<Record<string, string>>;
  /** Where CI is told that its state is. */
  readonly state?: string | undefined;
}

/** A secret that two stacks share. */
export interface Shared {
  readonly name: string;
  readonly open: string;
  readonly guarded: string;
}

/** What a person may have thought up: as slow to guess as Pulumi's own test of a passphrase, which stands in the same file. Tokens can't be guessed. */
const THOUGHT_UP: readonly string[] = ["PULUMI_CONFIG_PASSPHRASE", "PULUMI_BACKEND_URL"];
const COSTS = {
  slow: { N: 131_072, r: 8, p: 1, maxmem: 256 * 1024 * 1024 },
  quick: { N: 4096, r: 8, p: 1 },
} as const;
const BYTES = 12;

/** What a value is known by without being known: scrypt under a salt that the whole project has in common, so that equal values can be seen. */
export function fingerprint(project: string, name: string, value: string): string {
  const cost = THOUGHT_UP.includes(name) ? COSTS.slow : COSTS.quick;
  return `s1-${scryptSync(value, `slipway ${project}`, BYTES, cost).toString("hex")}`;
}

/** Reads a stack's file. @param text YAML */
export function seenStack(name: string, text: string): SeenStack {
  const { encryptionsalt, config = {} } = (parse(text) ?? {}) as {
    encryptionsalt?: string;
    config?: Record<string, unknown>;
  };
  const github = tree(config["slipway:github"]);
  const reviewers = tree(github.reviewers);
  const count = [reviewers.users, reviewers.teams].flatMap((list) => (Array.isArray(list) ? list : [])).length;
  const state = tree(github.variables).PULUMI_BACKEND_URL;
  const asked = tree(config["slipway:policies"]).production;
  const production = isProduction(
    name,
    typeof asked === "boolean" ? asked : undefined,
    tree(config["slipway:host"]).protect === true,
  );
  const fingerprints = Object.entries(tree(github.fingerprints)).filter(
    (one): one is [string, string] => typeof one[1] === "string",
  );
  return {
    name,
    kind: "repository" in github ? (count > 0 ? "guarded" : "open") : production ? "guarded" : "neither",
    ...(typeof encryptionsalt === "string" && { salt: encryptionsalt }),
    fingerprints: Object.fromEntries(fingerprints),
    ...(typeof state === "string" && { state }),
  };
}

/** The stacks of this checkout. */
export function readStacks(): readonly SeenStack[] {
  return readdirSync(checkout())
    .sort()
    .flatMap((file) => {
      const name = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
      return name === undefined ? [] : [seenStack(name, readFileSync(checkout(file), "utf8"))];
    });
}

/** What can be seen of all stacks by their files alone. */
export function sharedAmong(stacks: readonly SeenStack[]): readonly Shared[] {
  return pairs(stacks).flatMap(({ open, guarded }) => {
    const same = Object.keys(open.fingerprints).filter(
      (name) => open.fingerprints[name] === guarded.fingerprints[name],
    );
    const salted = open.salt !== undefined && open.salt === guarded.salt;
    const names = salted ? [...new Set(["PULUMI_CONFIG_PASSPHRASE", ...same])] : same;
    return names.map((name) => ({ name, open: open.name, guarded: guarded.name }));
  });
}

/**
 * What a stack would share once it had these values.
 * @param values in clear, by name of COMPARED
 */
export function sharedWith(
  project: string,
  own: SeenStack,
  others: readonly SeenStack[],
  values: Readonly<Record<string, string>>,
): readonly Shared[] {
  const fingerprints = fingerprintsOf(project, values);
  const found = sharedAmong([{ ...own, fingerprints }, ...others]).filter(
    ({ open, guarded }) => open === own.name || guarded === own.name,
  );
  const phrase = values.PULUMI_CONFIG_PASSPHRASE;
  const opened = pairs([own, ...others])
    .filter(({ open, guarded }) => open.name === own.name || guarded.name === own.name)
    .flatMap(({ open, guarded }) => {
      const { salt } = open.name === own.name ? guarded : open;
      const opens = phrase !== undefined && salt !== undefined && Passphrase.of(phrase, salt) !== undefined;
      return opens ? [{ name: "PULUMI_CONFIG_PASSPHRASE", open: open.name, guarded: guarded.name }] : [];
    });
  const known = new Set(found.map(keyOf));
  return [...found, ...opened.filter((one) => !known.has(keyOf(one)))];
}

/** What `slipway:github.fingerprints` of a stack holds. An address of a state without a password is no secret and has none. */
export function fingerprintsOf(project: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    COMPARED.flatMap((name) => {
      const value = values[name];
      return value === undefined || value === "" ? [] : [[name, fingerprint(project, name, value)]];
    }),
  );
}

/** Those of COMPARED that stand in a stack's configuration. @param config in clear, by full key */
export function configuredSecrets(config: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(CONFIGURED).flatMap(([name, key]) => {
      const value = config[key];
      return value === undefined || value === "" ? [] : [[name, value]];
    }),
  );
}

/** A line on a secret that is shared. */
export function sharedText({ name, open, guarded }: Shared): string {
  return (
    `${name} is the same for ${open} and ${guarded}: who may push a branch gets it with ${open}, and so reaches ${guarded}. ` +
    `Give ${open} one of its own (docs/pull-requests.md)`
  );
}

/** A line for each two stacks whose states lie in one place, which only that place's own rules can keep apart. */
export function sharedStateTexts(stacks: readonly SeenStack[]): readonly string[] {
  return pairs(stacks)
    .filter(({ open, guarded }) => open.state !== undefined && open.state === guarded.state)
    .map(
      ({ open, guarded }) =>
        `the states of ${open.name} and ${guarded.name} lie in one place: see that the key of ${open.name} can't write there what is ${guarded.name}'s, or give each a bucket (docs/pull-requests.md)`,
    );
}

function pairs(stacks: readonly SeenStack[]) {
  const guarded = stacks.filter(({ kind }) => kind === "guarded");
  return stacks
    .filter(({ kind }) => kind === "open")
    .flatMap((open) => guarded.map((other) => ({ open, guarded: other })));
}

function keyOf({ name, open, guarded }: Shared): string {
  return `${name} ${open} ${guarded}`;
}

function tree(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
