import type { Attempt } from "../attempt";
import { caddyfile } from "../caddyfile";
import { certificatesOf, directoryOf, namesOf, pendingLines, withoutValid } from "../certificates";
import type { Host } from "../host";
import type { Manifest } from "../manifest";
import { ACCOUNTS, HOST_LOCK } from "../paths";
import { liveRecords } from "../record";
import { counted } from "../words";

/** Milliseconds that a name which has no certificate yet is waited for. An authority takes a few seconds when nothing is in its way. */
const PATIENCE = 20_000;
/** Milliseconds between two looks at what visitors are shown. */
const POLL = 100;
/** Looks at that for each look at the edge's log. */
const LOOKS = 10;

/** What `certify` works on. */
export interface CertificateOrder {
  readonly host: Host;
  readonly content: Pick<Manifest, "app" | "routes" | "tls">;
  readonly owner: string;
  /** When the edge began to serve these names with the configuration it has, if that is why this is asked: it tries by itself. */
  readonly since?: number | undefined;
  /** Is told of each name that has no certificate in the end. */
  readonly say: (line: string) => void;
}

/** Names that have none yet get a little time to come by their certificates; the release stands without them. */
export async function awaitCertificates(attempt: Attempt): Promise<string | undefined> {
  const { host, manifest, owner, loaded, say } = attempt;
  return certify({ host, content: manifest, owner, since: loaded, say: (line) => say(`! ${line}`) });
}

/** Whether any name of this release is to have a certificate. */
export function hasNames({ manifest }: Attempt): boolean {
  return namesOf(manifest).length > 0;
}

/**
 * Waits for the certificates of names that have no valid one, where there is hope, and says what stands in the way of the others. Where
 * the edge waits to try again, after a failure, it is made to try now. Resolves with a word if any came.
 */
export async function certify(order: CertificateOrder): Promise<string | undefined> {
  const { host, content, say } = order;
  const lacking = await withoutValid(host, namesOf(content));
  if (lacking.length === 0) return undefined;
  const hopeful = await hopefulOf(order, lacking);
  if (hopeful.length > 0) {
    await waitFor(host, hopeful, order.since ?? (await tryNow(order)));
    if (await hasLostAccount(host, hopeful)) {
      await waitFor(host, hopeful, await tryNow(order, () => forgetAccount(order)));
    }
  }
  const certificates = await certificatesOf(host, content);
  for (const line of pendingLines(content.app, certificates, host.now())) say(line);
  const came = lacking.length - (await withoutValid(host, lacking)).length;
  return came > 0 ? counted(came, "new certificate") : undefined;
}

/** Names that lead somewhere, with an authority that can be reached. Every failed try counts towards an authority's limits. */
async function hopefulOf({ host, content: { tls } }: CertificateOrder, names: readonly string[]) {
  const directory = directoryOf(tls);
  if (directory === undefined) return names;
  const yes = () => true;
  const no = () => false;
  const [isUp, ...lead] = await Promise.all([
    host.outside.reach(directory).then(yes, no),
    // Where no name server can be asked from here, the authority's may know more.
    ...names.map((name) => host.outside.lookup(name).then((addresses) => addresses.length > 0, yes)),
  ]);
  return names.filter((_, index) => isUp && lead[index]);
}

/** Makes the edge try at once what it waits to try again; resolves with the moment since when it tries. */
async function tryNow({ host, owner }: CertificateOrder, first = async () => {}): Promise<number> {
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner, onWait: () => {} });
  try {
    const now = host.now();
    await first();
    await host.edge.load(caddyfile(await liveRecords(host.files)), true);
    return now;
  } finally {
    await lock.free();
  }
}

async function hasLostAccount(host: Host, names: readonly string[]): Promise<boolean> {
  const refusals = await host.edge.refusals();
  return names.some((name) => refusals.get(name)?.reason.startsWith("accountDoesNotExist"));
}

/** An authority that was set up anew knows none of its accounts; the edge would ask with the old one for ever. */
async function forgetAccount({ host, content: { tls } }: CertificateOrder): Promise<void> {
  const { host: server, pathname } = new URL(directoryOf(tls) ?? "");
  const path = pathname.replace(/^\/+|\/+$/g, "").replaceAll("/", "-");
  await host.files.remove(`${ACCOUNTS}/${[server, path].filter((part) => part !== "").join("-")}`);
}

/** Resolves once each of these names has its certificate or was refused one since then, or the patience is over. */
async function waitFor(host: Host, names: readonly string[], since: number): Promise<void> {
  const end = host.now() + PATIENCE;
  for (let look = 0, waiting = names; ; look += 1) {
    waiting = await withoutValid(host, waiting);
    if (look % LOOKS === 0) {
      const refusals = await host.edge.refusals();
      waiting = waiting.filter((name) => (refusals.get(name)?.at ?? 0) < since);
    }
    if (waiting.length === 0 || host.now() >= end) return;
    await host.sleep(POLL);
  }
}
