/** What each kind of resource is called, and which of its properties may be shown to whoever reads a pull request. */
import type { Step } from "./preview";

/** @see the file's head */
export interface Kind {
  readonly noun: string;
  /** Properties whose values are shown; no other value ever is. */
  readonly shows?: readonly string[];
  /** Properties that say nothing a reader would want to know. */
  readonly hides?: readonly string[];
  /** What is lost with it, where that is anybody's data. */
  readonly loses?: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  "digitalocean:index/droplet:Droplet": { noun: "droplet", shows: ["size", "region"] },
  "digitalocean:index/volume:Volume": { noun: "volume", shows: ["size", "region"], loses: "all that is on it" },
  "digitalocean:index/firewall:Firewall": { noun: "cloud firewall" },
  "digitalocean:index/sshKey:SshKey": { noun: "SSH key in the account" },
  "digitalocean:index/reservedIp:ReservedIp": { noun: "reserved address", shows: ["region"] },
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    noun: "managed Postgres",
    shows: ["size", "nodeCount", "version", "region"],
    loses: "every database in it, and its backups",
  },
  "digitalocean:index/databaseFirewall:DatabaseFirewall": { noun: "firewall of the managed Postgres" },
  "digitalocean:index/databaseUser:DatabaseUser": { noun: "database user", shows: ["name"] },
  "digitalocean:index/databaseDb:DatabaseDb": { noun: "database", shows: ["name"], loses: "all that is in it" },
  "digitalocean:index/domain:Domain": {
    noun: "zone",
    shows: ["name"],
    loses: "every record in it, the stack's own or not",
  },
  "digitalocean:index/dnsRecord:DnsRecord": { noun: "record", shows: ["type", "name", "value"] },
  "linode:index/instance:Instance": { noun: "Linode", shows: ["type", "region"] },
  "linode:index/volume:Volume": { noun: "volume", shows: ["size", "region"], loses: "all that is on it" },
  "linode:index/firewall:Firewall": { noun: "cloud firewall" },
  "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": {
    noun: "managed Postgres",
    shows: ["type", "clusterSize", "engineId", "region"],
    loses: "every database in it, and its backups",
  },
  "linode:index/domain:Domain": {
    noun: "zone",
    shows: ["domain"],
    loses: "every record in it, the stack's own or not",
  },
  "linode:index/domainRecord:DomainRecord": { noun: "record", shows: ["recordType", "name", "target"] },
  "github:index/repositoryEnvironment:RepositoryEnvironment": {
    noun: "environment",
    shows: ["repository", "environment"],
  },
  "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": {
    noun: "branches that may use it",
    shows: ["branchPattern"],
  },
  "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": { noun: "secret for CI", shows: ["secretName"] },
  "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": {
    noun: "variable for CI",
    shows: ["variableName"],
  },
  "github:index/repositoryDeployKey:RepositoryDeployKey": { noun: "key for git", shows: ["repository", "readOnly"] },
  "docker:index/image:Image": { noun: "image", shows: ["imageName"], hides: ["build"] },
  "tls:index/privateKey:PrivateKey": { noun: "key" },
  "random:index/randomPassword:RandomPassword": { noun: "generated secret" },
};

/** Types of resource that are a machine. */
export const machineTypes: readonly string[] = ["digitalocean:index/droplet:Droplet", "linode:index/instance:Instance"];

/** Types of resource that are a disk of their own. */
export const volumeTypes: readonly string[] = ["digitalocean:index/volume:Volume", "linode:index/volume:Volume"];

/** What a resource is called; those of kinds that this file doesn't know by Pulumi's own word. */
export function kindOf({ type }: Pick<Step, "type">): Kind {
  const [, , own = type] = type.split(":");
  return kinds[type] ?? { noun: own.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase() };
}

/** Whether it is a command that is run, on a machine or here. */
export function isCommand({ type }: Pick<Step, "type">): boolean {
  return type.startsWith("command:");
}

/** What the commands of a machine do, by the end of their names. */
const machineSteps: Readonly<Record<string, string>> = {
  "first-contact": "first contact",
  adopt: "taking it in",
  there: "looking whether it is there",
  sshd: "sshd",
  team: "who may log in",
  packages: "packages",
  volume: "the data volume's mount",
  docker: "the container engine",
  firewall: "its own firewall",
  postgres: "Postgres",
  "agent-upload": "the release engine's upload",
  agent: "the release engine",
  "tenants-digitalocean": "a look for tenants",
  "tenants-linode": "a look for tenants",
  "tenants-existing": "a look for tenants",
};

/** What a command does that is no app's, in a few words. */
export function commandWords({ name }: Pick<Step, "name">): string {
  const found = Object.keys(machineSteps)
    .filter((end) => name.endsWith(`-${end}`))
    .sort((one, other) => other.length - one.length)[0];
  return found === undefined ? name : (machineSteps[found] ?? name);
}

/** A value of a property that may be shown, short enough for a line; what is not known yet shows as such. */
export function shown(key: string, value: unknown): string {
  if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return "?";
  const text = String(value);
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(text)) return "not known yet";
  // The registry says nothing new.
  const short = key === "imageName" ? (text.split("/").at(-1) ?? text) : text;
  return short.length > 60 ? `${short.slice(0, 59)}…` : short;
}
