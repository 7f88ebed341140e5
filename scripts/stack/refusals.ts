/** What a cloud's refusal means for the settings it came from: which of them it is about, and what to do. */
import type { FailedResource } from "./engineEvents";

/** Where the cause is, and what to do about it. */
interface Advice {
  /** Setting, as it is typed; left out where none is at fault. */
  readonly setting?: string | undefined;
  readonly mend: string;
}

/** A refusal, taken apart. */
interface Reply {
  readonly cloud: Cloud;
  /** The resource's kind, e.g. `Droplet`. */
  readonly kind: string;
  readonly operation: string;
  /** HTTP status; none where there was no answer. */
  readonly status: number | undefined;
  /** Field that Linode names. */
  readonly field: string | undefined;
  readonly message: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

const clouds = {
  digitalocean: {
    title: "DigitalOcean",
    lists: {
      Droplet: "doctl compute droplet list",
      Firewall: "doctl compute firewall list",
      Volume: "doctl compute volume list",
      SshKey: "doctl compute ssh-key list",
      DatabaseCluster: "doctl databases list",
      Domain: "doctl compute domain list",
    } as Readonly<Record<string, string>>,
    sizes: "doctl compute size list",
    clusterSizes: "doctl databases options slugs --engine pg",
  },
  linode: {
    title: "Linode",
    lists: {
      Instance: "linode-cli linodes list",
      Firewall: "linode-cli firewalls list",
      Volume: "linode-cli volumes list",
      DatabasePostgresqlV2: "linode-cli databases postgresql-list",
      Domain: "linode-cli domains list",
    } as Readonly<Record<string, string>>,
    sizes: "linode-cli linodes types; linode-cli regions list",
    clusterSizes: "linode-cli databases types",
  },
  github: {
    title: "GitHub",
    lists: {
      RepositoryEnvironment: "gh api repos/OWNER/NAME/environments",
      ActionsEnvironmentSecret: "gh secret list --env NAME",
      ActionsEnvironmentVariable: "gh variable list --env NAME",
      RepositoryDeployKey: "gh repo deploy-key list",
    } as Readonly<Record<string, string>>,
    sizes: "",
    clusterSizes: "",
  },
} as const;
type Cloud = keyof typeof clouds;

/** Where the settings of each kind of resource stand. */
const settings: Readonly<Record<string, string>> = {
  Droplet: "slipway:host",
  Instance: "slipway:host",
  Firewall: "slipway:host.sshFrom",
  Volume: "slipway:host.volume",
  DatabaseCluster: "slipway:database",
  DatabasePostgresqlV2: "slipway:database",
  DatabaseFirewall: "slipway:database",
  Domain: "slipway:dns",
  DnsRecord: "slipway:dns",
  DomainRecord: "slipway:dns",
  RepositoryEnvironment: "slipway:github",
  RepositoryEnvironmentDeploymentPolicy: "slipway:github.branches",
  ActionsEnvironmentSecret: "slipway:github.secrets",
  ActionsEnvironmentVariable: "slipway:github.variables",
  RepositoryDeployKey: "slipway:github.deployKey",
};

const isCluster = ({ kind }: Reply) => kind === "DatabaseCluster" || kind === "DatabasePostgresqlV2";

/** A kind of refusal: how it is told, and what it means. The first that fits is taken. */
const rules: readonly { fits(reply: Reply): boolean; advice(reply: Reply): Advice }[] = [
  {
    fits: ({ status, message }) => status === 401 || /invalid token|unable to authenticate/i.test(message),
    advice: ({ cloud }) => ({
      setting: `${cloud}:token`,
      mend: `give a token that is valid: pulumi config set --secret ${cloud}:token`,
    }),
  },
  {
    fits: ({ message }) => /limit reached|exceed your .*limit/i.test(message),
    advice: ({ cloud }) => ({
      mend: `the account's quota is used up: remove what nobody needs, or ask ${clouds[cloud].title} for more`,
    }),
  },
  {
    fits: ({ cloud, status, message }) => cloud === "github" && (status === 429 || /rate limit/i.test(message)),
    advice: () => ({
      mend: "too many requests for now; nothing is wrong with the stack: run it again in some minutes",
    }),
  },
  {
    fits: ({ cloud, status, message }) => cloud === "github" && status === 403 && /archived/i.test(message),
    advice: () => ({
      setting: "slipway:github.repository",
      mend: "nothing in an archived repository can be changed: unarchive it, or remove slipway:github",
    }),
  },
  {
    fits: ({ cloud, status }) => cloud === "github" && status === 403,
    advice: ({ kind }) => ({
      setting: "github:token",
      mend: `the token may not do this: in a fine-grained token for this repository give ${githubPermission(kind)} (docs/github.md lists all it needs)`,
    }),
  },
  {
    // GitHub hides from a token what it may not see.
    fits: ({ cloud, status }) => cloud === "github" && status === 404,
    advice: () => ({
      setting: "slipway:github",
      mend: "it was removed by hand, or this token may not see it: pulumi refresh, then run it again",
    }),
  },
  {
    fits: ({ cloud, message }) => cloud === "github" && /billing plan/i.test(message),
    advice: () => ({
      setting: "slipway:github.reviewers",
      mend: "a private repository has reviewers and a wait with GitHub Enterprise only: remove reviewers and wait, or make the repository public; branches hold on every paid plan",
    }),
  },
  {
    fits: ({ cloud, kind, message }) =>
      cloud === "github" && kind === "RepositoryEnvironment" && /reviewer/i.test(message),
    advice: () => ({
      setting: "slipway:github.reviewers",
      mend: "give them read access to the repository, or name others",
    }),
  },
  {
    fits: ({ status }) => status === 403,
    advice: ({ cloud }) => ({
      setting: `${cloud}:token`,
      mend: "the token is valid but may not do this: give one that may read and write what the stack makes (docs/clouds.md)",
    }),
  },
  {
    fits: ({ status }) => status === 429,
    advice: () => ({
      mend: "too many requests for now; nothing is wrong with the stack: run it again in some minutes",
    }),
  },
  {
    fits: ({ status }) => status !== undefined && status >= 500,
    advice: ({ cloud }) => ({ mend: `${clouds[cloud].title}'s own failure: run it again, it goes on from here` }),
  },
  {
    fits: ({ message }) => /unique|already exists|already in use|name is not available/i.test(message),
    advice: ({ cloud, kind }) => {
      const list = clouds[cloud].lists[kind];
      return {
        setting: kind === "Domain" ? settings.Domain : undefined,
        mend: `there is one of that name that this stack does not know. Delete it if nobody needs it, or take it in with pulumi import${list ? `; they are shown by: ${list}` : ""}`,
      };
    },
  },
  {
    // A type that Linode doesn't have is looked up by the provider before the machine is resized, and then stands in the state.
    fits: ({ status, kind, operation }) => status === 404 && kind === "Instance" && operation === "update",
    advice: ({ inputs }) => ({
      setting: "slipway:host.size",
      mend: `if ${JSON.stringify(inputs.type)} is a type that Linode has (linode-cli linodes types), the machine is gone. Put the size right, then pulumi refresh, and run it again`,
    }),
  },
  {
    fits: ({ status }) => status === 404,
    advice: () => ({
      mend: "it, or what it names, is not there any more: pulumi refresh, then run it again",
    }),
  },
  {
    fits: ({ status, field, message, inputs }) =>
      isRefusal(status) &&
      (field === undefined ? /\bregion\b/i.test(message) && !/\bsize\b/i.test(message) : field === "region") &&
      !("domain" in inputs),
    advice: (reply) => ({
      setting: isCluster(reply) ? "slipway:database.region" : "slipway:host.region",
      mend: `${askedFor(reply, "region")} does not have it: choose another region or size, shown by: ${sizesFor(reply)}`,
    }),
  },
  {
    fits: (reply) => reply.kind === "Volume" && isOfSize(reply),
    advice: () => ({ setting: "slipway:host.volume.size", mend: "a volume can be made larger, never smaller" }),
  },
  {
    fits: isOfSize,
    advice: (reply) => ({
      setting: isCluster(reply) ? "slipway:database.size" : "slipway:host.size",
      mend: `${askedFor(reply, "size", "type")} is not to be had here: choose another, shown by: ${sizesFor(reply)}`,
    }),
  },
  {
    fits: ({ field }) => field === "cluster_size",
    advice: (reply) => ({
      setting: "slipway:database.standby",
      mend: `a plan has only so many nodes, the first among them: choose another number, shown by: ${sizesFor(reply)}`,
    }),
  },
  {
    fits: ({ message }) => /^database is not active/i.test(message),
    advice: () => ({ mend: "it is being made, resized or worked on: run it again in some minutes" }),
  },
  {
    fits: ({ status, field, message }) =>
      isRefusal(status) &&
      (field === undefined ? /\b(version|engine)\b/i.test(message) : ["engine", "engine_id"].includes(field)),
    advice: () => ({ setting: "slipway:database.version", mend: "choose a version that the cloud offers" }),
  },
  {
    fits: ({ status }) => status !== undefined,
    advice: ({ kind }) => ({
      setting: settings[kind],
      mend: "mend what it says, and run it again; it goes on from here",
    }),
  },
  {
    fits: () => true,
    advice: ({ cloud, kind }) => {
      const list = clouds[cloud].lists[kind];
      return {
        mend: `no answer came, so it may have been made all the same${list ? `. Look before you run it again: ${list}` : ": run it again"}`,
      };
    },
  },
];

/** What a fine-grained token needs for a kind of resource (docs.github.com, "Permissions required for fine-grained tokens", 2026). */
function githubPermission(kind: string): string {
  return kind.startsWith("ActionsEnvironment") ? "Environments: read and write" : "Administration: read and write";
}

function isRefusal(status: number | undefined): boolean {
  return status === 400 || status === 409 || status === 422;
}

function isOfSize({ status, field, message }: Reply): boolean {
  return (
    isRefusal(status) &&
    (field === undefined ? /\b(size|type|plan)\b/i.test(message) : ["type", "size"].includes(field))
  );
}

function sizesFor(reply: Reply): string {
  return isCluster(reply) ? clouds[reply.cloud].clusterSizes : clouds[reply.cloud].sizes;
}

function askedFor({ inputs }: Reply, ...keys: readonly string[]): string {
  const value = keys.map((key) => inputs[key]).find((one) => typeof one === "string");
  return typeof value === "string" ? JSON.stringify(value) : "this region";
}

/** A line for the person at the terminal; `undefined` for a resource that is no cloud's. */
export function advise(failed: FailedResource): string | undefined {
  const [cloud = "", , kind = ""] = failed.type.split(":");
  if (!(cloud in clouds)) return undefined;
  const reply: Reply = {
    cloud: cloud as Cloud,
    kind,
    operation: failed.operation,
    inputs: failed.inputs,
    ...replyOf(failed.error),
  };
  const rule = rules.find(({ fits }) => fits(reply));
  const { setting, mend } = rule?.advice(reply) ?? { mend: "" };
  const said = reply.status === undefined ? reply.message : `${reply.status}: ${reply.message}`;
  return `${setting === undefined ? "" : `${setting}: `}${clouds[reply.cloud].title} did not ${failed.operation} ${kind} ${failed.name} (${said}).\n    mend: ${mend}`;
}

/** DigitalOcean's client writes `422 (request "id") message`, Linode's `[400] [field] message`. */
function replyOf(error: string): Pick<Reply, "status" | "field" | "message"> {
  const linode = /\[([1-5]\d\d)\] (?:\[([^\]]+)\] )?([^\n]*)/.exec(error);
  const digitalocean = /: ([1-5]\d\d) (?:\(request "[^"]*"\) )?([^\n]*)/.exec(error);
  if (linode) return { status: Number(linode[1]), field: linode[2], message: tidy(linode[3]) };
  if (digitalocean) return { status: Number(digitalocean[1]), field: undefined, message: tidy(digitalocean[2]) };
  return { status: undefined, field: undefined, message: tidy(error.split("\n").find((line) => line.trim() !== "")) };
}

/** Without what the bridge adds: its own place in the source, and the plugin's name. */
function tidy(message = ""): string {
  return message
    .replace(/^.*sdk\.helper_schema: /, "")
    .replace(/: provider=\S+$/, "")
    .trim();
}
