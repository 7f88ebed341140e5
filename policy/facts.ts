/** What the program tells the policies of a stack: plain data, never a secret. Program and pack share this file and nothing else. */

/** Pulumi's type of the resource that carries the facts. */
export const FACTS = "slipway:policy:StackFacts";

/** The rules by the names under which a stack may accept a breach of one; docs/policies.md has a row for each. */
export const ruleNames = [
  "ssh-from-anywhere",
  "database-open",
  "data-unprotected",
  "image-by-tag",
  "secret-in-clear",
  "no-backup",
  "machine-replaced",
  "power-granted",
] as const;
/** @see ruleNames */
export type RuleName = (typeof ruleNames)[number];

/** One app, as far as a policy may ask. */
export interface AppFacts {
  /** Where its database is: `host`, `managed`, `container` or `external`. */
  readonly database: string;
  /** Whether the database is dumped before each release command. */
  readonly snapshot: boolean;
  /** Whether it keeps files in volumes on the machine. */
  readonly volumes: boolean;
  /** Images that are named by a tag, by where they stand, e.g. `compose.yaml: services.web.image`. */
  readonly tags: Readonly<Record<string, string>>;
  /** What its services may ask of the machine beyond what any may, by service. */
  readonly grants: Readonly<Record<string, readonly string[]>>;
}

/** What the settings of a stack come to. */
export interface Facts {
  /** Whether breaches are refused; elsewhere most are told only. */
  readonly production: boolean;
  /** Why a breach of a rule is accepted, by the rule's name. */
  readonly accepted: Readonly<Partial<Record<RuleName, string>>>;
  readonly host: {
    readonly provider: string;
    readonly protect: boolean;
    /** Networks that may open an SSH connection; empty where that is another stack's business. */
    readonly sshFrom: readonly string[];
    /** Whether its data is on a volume of its own. */
    readonly volume: boolean;
    /** Whether the cloud keeps backups of the machine. */
    readonly backups: boolean;
    /** On a machine that is the user's own: whether data stays when an app goes. */
    readonly keepData?: boolean;
    /** Address of the machine that may be replaced. */
    readonly replace?: string;
  };
  readonly apps: Readonly<Record<string, AppFacts>>;
  /** Where something stands in clear that is a secret by its name or its form; never the value. */
  readonly clear: readonly string[];
}

/** What the pack sees of them once the program has run. */
export interface SeenFacts extends Facts {
  /** Address of the machine after the stack's last run; none before the first. */
  readonly machineBefore?: string;
}
