/** Previews of a small environment, in the form in which Pulumi prints them, for tests. */

type Properties = Readonly<Record<string, unknown>>;

/** One step of a preview, as far as a test says it. */
export interface ExampleStep {
  readonly op: string;
  /** `TYPE::NAME`. */
  readonly of: string;
  /** `TYPE::NAME` of what holds it. */
  readonly in?: string;
  /** `TYPE::NAME` of what it stands on. */
  readonly on?: readonly string[];
  readonly before?: Properties;
  readonly after?: Properties;
  readonly changed?: readonly string[];
  readonly causes?: readonly string[];
  readonly protect?: boolean;
}

const prefix = "urn:pulumi:staging::slipway::";

/** What Pulumi prints for these steps. */
export function previewText(steps: readonly ExampleStep[], rest: Properties = {}): string {
  const byKey = new Map(steps.map((step) => [step.of, step]));
  const urnOf = (key: string | undefined): string => {
    if (key === undefined) return `${prefix}pulumi:pulumi:Stack::slipway-staging`;
    const [type = "", name = ""] = key.split("::");
    const parent = byKey.get(key)?.in;
    return `${prefix}${parent === undefined ? "" : `${parent.split("::")[0]}$`}${type}::${name}`;
  };
  return JSON.stringify({
    config: {},
    ...rest,
    steps: steps.map((step) => {
      const type = step.of.split("::")[0] ?? "";
      const state = (inputs: Properties | undefined) => ({
        urn: urnOf(step.of),
        custom: !type.startsWith("slipway:"),
        type,
        inputs: inputs ?? {},
        parent: urnOf(step.in),
        dependencies: (step.on ?? []).map(urnOf),
        ...(step.protect ? { protect: true } : {}),
      });
      const both = step.after ?? step.before;
      return {
        op: step.op,
        urn: urnOf(step.of),
        ...(step.op === "create" ? {} : { oldState: state(step.before ?? step.after) }),
        ...(step.op === "delete" ? {} : { newState: state(both) }),
        detailedDiff: Object.fromEntries((step.changed ?? []).map((path) => [path, { kind: "update" }])),
        diffReasons: null,
        replaceReasons: step.causes ?? null,
      };
    }),
  });
}

const host = "slipway:host:DropletHost::slipway-staging";
const bootstrap = "slipway:host:Bootstrap::slipway-staging-host";
const images = "slipway:registry:AppImages::notes";
const claim = "slipway:release:AppClaim::notes-claim";
const database = "slipway:database:AppDatabase::notes-database";
const release = "slipway:release:AppRelease::notes-release";
const droplet = "digitalocean:index/droplet:Droplet::slipway-staging-droplet";
const contact = "command:remote:Command::slipway-staging-host-first-contact";
const image = "docker:index/image:Image::notes-image";
const claimed = "command:remote:Command::notes-claim-command";
const role = "command:remote:Command::notes-database-role";

/** A machine with one app, and nothing that changes. */
export const environment: readonly ExampleStep[] = [
  { op: "same", of: host },
  {
    op: "same",
    of: droplet,
    in: host,
    before: { size: "s-1vcpu-2gb", region: "fra1", image: "debian-13-x64", userData: "[secret]" },
  },
  { op: "same", of: "digitalocean:index/firewall:Firewall::slipway-staging-firewall", in: host, on: [droplet] },
  { op: "same", of: bootstrap },
  { op: "same", of: contact, in: bootstrap, on: [droplet] },
  { op: "same", of: "command:remote:Command::slipway-staging-host-team", in: bootstrap, on: [contact] },
  { op: "same", of: "random:index/randomPassword:RandomPassword::notes-secret-SECRET_KEY" },
  { op: "same", of: images },
  { op: "same", of: image, in: images, before: { imageName: "ghcr.io/example/notes:1111", build: { context: "app" } } },
  { op: "same", of: claim },
  { op: "same", of: claimed, in: claim, on: [contact] },
  { op: "same", of: database },
  { op: "same", of: "random:index/randomPassword:RandomPassword::notes-database-password", in: database },
  { op: "same", of: role, in: database, on: [contact, claimed] },
  { op: "same", of: release },
  {
    op: "same",
    of: "command:remote:Command::notes-release-command",
    in: release,
    on: [contact, image, role, "random:index/randomPassword:RandomPassword::notes-secret-SECRET_KEY"],
    before: { stdin: "[secret]" },
  },
];

/** The environment with some steps told otherwise, by the end of their names. */
export function environmentWith(changes: Readonly<Record<string, Partial<ExampleStep>>>): readonly ExampleStep[] {
  return environment.map((step) => {
    const end = Object.keys(changes).find((name) => step.of.endsWith(`::${name}`));
    return end === undefined ? step : { ...step, ...changes[end] };
  });
}

/** Every step with one fate: an environment made from nothing, or taken down. */
export function environmentAll(op: "create" | "delete"): readonly ExampleStep[] {
  return environment.map((step) => ({ ...step, op }));
}
