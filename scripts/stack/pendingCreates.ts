/**
 * Resources whose creation was cut off between the order and the answer. The cloud may have them although the stack
 * does not: made again they would be there twice, so each is looked up by its name and taken into the stack.
 */
import { z } from "zod";
import { labelLimits, linodeLabel } from "../../infra/host/linodeLabel";
import { volumeName, volumeNameLimits } from "../../infra/host/volumeName";
import { markOf, marksIn, readMarkedName } from "../../infra/mark";

const State = z.looseObject({
  deployment: z.looseObject({
    resources: z
      .array(
        z.looseObject({
          type: z.string(),
          id: z.string().optional(),
          urn: z.string().default(""),
          inputs: z.record(z.string(), z.unknown()).default({}),
          outputs: z.unknown().optional(),
        }),
      )
      .default([]),
    pending_operations: z
      .array(
        z.looseObject({
          type: z.string(),
          resource: z.looseObject({
            urn: z.string(),
            type: z.string(),
            inputs: z.record(z.string(), z.unknown()).default({}),
          }),
        }),
      )
      .nullish(),
  }),
});

/** One unfinished creation. */
export interface PendingCreate {
  readonly urn: string;
  readonly type: string;
  /** Name of the resource in the cloud, where it has one. */
  readonly name?: string;
  /** Marks that were ordered with it; see `infra/mark.ts`. None by an older program, or where the cloud has no place for one. */
  readonly marks: readonly string[];
}

/** The unfinished creations in an exported stack. */
export function pendingCreates(exported: unknown): PendingCreate[] {
  const operations = State.parse(exported).deployment.pending_operations ?? [];
  return operations
    .filter((operation) => operation.type === "creating")
    .map(({ resource }) => ({
      urn: resource.urn,
      type: resource.type,
      ...nameOf(resource.inputs),
      marks: marksIn(tagsOf(resource.inputs)),
    }));
}

/**
 * All marks that a stack's own resources bear, made or about to be; where none is made yet, that of the key for `deploy`, which is first.
 * @param exported with secrets in clear, or that key's is not known
 */
export function marksOf(exported: unknown): readonly string[] {
  const { resources, pending_operations: pending } = State.parse(exported).deployment;
  const inputs = [...resources, ...(pending ?? []).map(({ resource }) => resource)].map((one) => one.inputs);
  const inNames = inputs.flatMap((given) => readMarkedName(nameOf(given).name ?? "").mark ?? []);
  const ofKey = resources
    .filter(({ type, urn }) => type === "tls:index/privateKey:PrivateKey" && urn.endsWith("-login"))
    .flatMap(({ outputs }) => {
      const key = Key.safeParse(outputs).data?.privateKeyOpenssh.plaintext;
      return key === undefined ? [] : [markOf(String(JSON.parse(key)))];
    });
  return [...new Set([...inputs.flatMap((given) => marksIn(tagsOf(given))), ...inNames, ...ofKey])];
}

/** A key in an export with secrets in clear: its value as JSON. */
const Key = z.looseObject({ privateKeyOpenssh: z.looseObject({ plaintext: z.string() }) });

function tagsOf({ tags }: Readonly<Record<string, unknown>>): readonly string[] {
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [];
}

/** DigitalOcean names things, Linode labels them. */
function nameOf({ name, label }: Readonly<Record<string, unknown>>): { name?: string } {
  const given = name ?? label;
  return typeof given === "string" ? { name: given } : {};
}

/** Whether an exported stack was left in the middle of anything. */
export function isUnfinished(exported: unknown): boolean {
  return (State.parse(exported).deployment.pending_operations ?? []).length > 0;
}

interface Place {
  readonly path: string;
  /** The whole list in one page. */
  readonly query: string;
  readonly key: string;
  /** The name that the stack gives to what is listed here, from the one it gives to all it makes. */
  labelled(name: string): string;
  /** Whether the mark is in the name, where the cloud tags nothing of the kind. */
  readonly marksNames?: boolean;
  /** Whether the cloud has no place for a mark at all: neither a tag nor a longer name. */
  readonly bearsNone?: true;
}

/** Answers a GET of a path with its JSON. */
export type List = (path: string) => Promise<unknown>;

interface Item {
  /** What identifies it to Pulumi. */
  readonly id: unknown;
  readonly name?: unknown;
  readonly label?: unknown;
  readonly tags?: readonly string[] | null;
}

/** Of something that is listed: its name as its stack gave it, and the marks that it bears. */
function read({ marksNames }: Place, { name, label, tags }: Item): { name: string; marks: readonly string[] } {
  const whole = String(name ?? label ?? "");
  if (!marksNames) return { name: whole, marks: marksIn(tags ?? []) };
  const { name: given, mark } = readMarkedName(whole);
  return { name: given, marks: mark === undefined ? [] : [mark] };
}

/** What is listed at a place. */
async function listed({ path, query, key }: Place, list: List): Promise<Item[]> {
  return ((await list(`${path}?${query}`)) as Record<string, Item[] | undefined>)[key] ?? [];
}

const digitalocean = (path: string, key: string, more: Partial<Place> = {}): Place => ({
  path,
  query: "per_page=200",
  key,
  labelled: (name) => name,
  ...more,
});

const linode = (path: string, labelled: Place["labelled"], more: Partial<Place> = {}): Place => ({
  path,
  query: "page_size=500",
  key: "data",
  labelled,
  ...more,
});

/** Where each kind of resource is listed, and under which key. */
const lists: Readonly<Record<string, Place>> = {
  "digitalocean:index/sshKey:SshKey": digitalocean("/v2/account/keys", "ssh_keys", { marksNames: true }),
  "digitalocean:index/firewall:Firewall": digitalocean("/v2/firewalls", "firewalls", { marksNames: true }),
  "digitalocean:index/droplet:Droplet": digitalocean("/v2/droplets", "droplets"),
  "digitalocean:index/volume:Volume": digitalocean("/v2/volumes", "volumes", {
    labelled: (name) => volumeName(name, volumeNameLimits.digitalocean),
  }),
  "digitalocean:index/databaseCluster:DatabaseCluster": digitalocean("/v2/databases", "databases"),
  "linode:index/databasePostgresqlV2:DatabasePostgresqlV2": linode(
    "/v4/databases/postgresql/instances",
    (name) => linodeLabel(name, labelLimits.database),
    { bearsNone: true },
  ),
  "linode:index/firewall:Firewall": linode("/v4/networking/firewalls", (name) =>
    linodeLabel(name, labelLimits.firewall),
  ),
  "linode:index/instance:Instance": linode("/v4/linode/instances", (name) => linodeLabel(name, labelLimits.instance)),
  "linode:index/volume:Volume": linode("/v4/volumes", (name) => volumeName(name, volumeNameLimits.linode)),
};

/**
 * The ids of those `pending` that the cloud has, by URN: under the name, and with the marks, that they were ordered with. What bears another
 * state's mark is that state's, whatever its name.
 */
export async function findMade(pending: readonly PendingCreate[], list: List): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { urn, type, name, marks } of pending) {
    const place = lists[type];
    if (!place || name === undefined) continue;
    const match = (await listed(place, list)).find((item) => {
      const borne = marksIn(item.tags ?? []);
      return (item.name ?? item.label) === name && borne.join() === marks.join();
    });
    if (match) found.set(urn, String(match.id));
  }
  return found;
}

/** Something of the cloud that bears the stack's name although the stack does not know it. */
export interface Stray {
  readonly type: string;
  /** As its stack gave it. */
  readonly name: string;
  /** Whose it is; see `infra/mark.ts`. */
  readonly marks: readonly string[];
  /** Path of it in the cloud's API. */
  readonly path: string;
}

/**
 * Everything in the cloud that bears the name the stack gives to all it makes, and that the stack does not know: a run was
 * cut off, or an answer was lost and the plugin ordered again. Only what bears one of the stack's `marks` is known to be its own; what
 * bears none may be anybody's, and what bears another is another state's, and left out. For the emulated cloud of a sandbox alone, where one
 * state has a name: there a kind that can bear no mark goes by its name.
 */
export async function findStrays(
  exported: unknown,
  { name, marks }: { readonly name: string; readonly marks: readonly string[] },
  list: List,
): Promise<{ readonly own: readonly Stray[]; readonly unmarked: readonly Stray[] }> {
  const { resources } = State.parse(exported).deployment;
  const known = new Set(resources.map(({ type, id }) => `${type} ${id}`));
  const strays: (Stray & { readonly isOwn: boolean })[] = [];
  for (const [type, place] of Object.entries(lists)) {
    for (const item of await listed(place, list)) {
      const found = read(place, item);
      if (found.name !== place.labelled(name) || known.has(`${type} ${item.id}`)) continue;
      const isOwn = place.bearsNone ? marks.length > 0 : found.marks.some((mark) => marks.includes(mark));
      strays.push({ type, ...found, path: `${place.path}/${item.id}`, isOwn });
    }
  }
  return {
    own: strays.filter(({ isOwn }) => isOwn),
    unmarked: strays.filter((stray) => !stray.isOwn && stray.marks.length === 0),
  };
}

/**
 * Everything of a cloud whose name fits, of every kind that stacks make there.
 * @param prefix of the cloud's paths, `/v2/` for DigitalOcean, `/v4/` for Linode
 */
export async function findNamed(
  prefix: "/v2/" | "/v4/",
  fits: (name: string) => boolean,
  list: List,
): Promise<Stray[]> {
  const places = Object.entries(lists).filter(([, { path }]) => path.startsWith(prefix));
  const found = await Promise.all(
    places.map(async ([type, place]) =>
      (await listed(place, list)).flatMap((item) => {
        const found = read(place, item);
        return fits(found.name) ? [{ type, ...found, path: `${place.path}/${item.id}` }] : [];
      }),
    ),
  );
  return found.flat();
}
