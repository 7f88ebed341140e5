/** The certificates of an app's names: which it has, and why it has no others yet. */
import { reasonOf } from "./failure";
import type { Certificate, Host, Refusal } from "./host";
import type { Manifest, Tls } from "./manifest";
import { inText } from "./words";

/** How a name's certificate fares. */
export interface NameStatus {
  readonly name: string;
  /** Who issued it. */
  readonly issuer?: string;
  /** ISO 8601. */
  readonly until?: string;
  /** Why there is none that is valid, or no newer one where it is due, in words a person can act on. */
  readonly pending?: string;
}

/** What a name needs to get a certificate, as far as it can be seen from here. */
export interface Findings {
  /** Addresses it leads to, or why nobody says. */
  readonly addresses: readonly string[] | string;
  /** Addresses of this host, the one it speaks from first. */
  readonly own: readonly string[];
  /** Why the authority can't be reached, if it can't. */
  readonly unreachable?: string | undefined;
  readonly refusal?: Refusal | undefined;
}

/** Let's Encrypt, the authority that the edge asks first where the settings name none. */
const USUAL = "https://acme-v02.api.letsencrypt.org/directory";

/** The names that are to have certificates, each once. */
export function namesOf({ routes, tls }: Pick<Manifest, "routes" | "tls">): readonly string[] {
  return tls.mode === "off" ? [] : [...new Set(routes.map(({ host }) => host))];
}

/** How the certificates of an app's names fare. It only looks. */
export async function certificatesOf(
  host: Host,
  content: Pick<Manifest, "routes" | "tls">,
): Promise<readonly NameStatus[]> {
  const names = namesOf(content);
  const shown = await shownFor(host, names);
  const due = names.filter((name) => isDue(shown.get(name), host.now()));
  const pending = due.length > 0 ? await whyPending(host, content.tls, due) : new Map<string, string>();
  return names.map((name) => {
    const certificate = shown.get(name);
    if (typeof certificate === "string") return { name, pending: certificate };
    const why = pending.get(name);
    return {
      name,
      ...(certificate && { issuer: certificate.issuer, until: new Date(certificate.until).toISOString() }),
      ...(why !== undefined && { pending: why }),
    };
  });
}

/** What visitors of a name are shown: a certificate, none, or why that can't be told. */
type Shown = Certificate | string | undefined;

async function shownFor(host: Host, names: readonly string[]): Promise<ReadonlyMap<string, Shown>> {
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await host.edge.certificate(name).catch((e: unknown) => reasonOf(e))] as const),
    ),
  );
}

/** Those of these names for which visitors are shown no certificate, or one that has ended. */
export async function withoutValid(host: Host, names: readonly string[]): Promise<readonly string[]> {
  const shown = await shownFor(host, names);
  return names.filter((name) => {
    const certificate = shown.get(name);
    return typeof certificate !== "object" || certificate.until <= host.now();
  });
}

/** Whether there should be a newer one by now: the edge renews when a third of the time is left. */
function isDue(certificate: Shown, now: number): boolean {
  return typeof certificate !== "object" || certificate.until - now < (certificate.until - certificate.from) / 4;
}

/** Where an environment's certificates come from; `undefined` where the edge makes them itself, or there are none. */
export function directoryOf(tls: Tls): string | undefined {
  return tls.mode === "acme" ? (tls.directory ?? USUAL) : undefined;
}

async function whyPending(host: Host, tls: Tls, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const refusals = await host.edge.refusals().catch((): ReadonlyMap<string, Refusal> => new Map());
  const directory = directoryOf(tls);
  if (directory === undefined)
    return new Map(names.map((name) => [name, refusals.get(name)?.reason ?? "the edge has not made one yet"]));
  const [own, unreachable, addresses] = await Promise.all([
    host.outside.addresses().catch(() => []),
    host.outside.reach(directory).then(() => undefined, reasonOf),
    Promise.all(names.map((name) => host.outside.lookup(name).catch(reasonOf))),
  ]);
  return new Map(
    names.map((name, index) => [
      name,
      pendingText(directory, { addresses: addresses[index] ?? [], own, unreachable, refusal: refusals.get(name) }),
    ]),
  );
}

/** What stands between a name and its certificate. */
export function pendingText(directory: string, { addresses, own, unreachable, refusal }: Findings): string {
  const authority = new URL(directory).host;
  const here = own[0] === undefined ? "this machine" : `this machine (${own[0]})`;
  const obstacles = [
    ...(typeof addresses === "string"
      ? [`no name server says where the name leads: ${addresses}`]
      : addresses.length === 0
        ? [`the name has no A record; make one that leads to ${here}`]
        : own.length > 0 && !addresses.some((address) => own.includes(address))
          ? [`the name leads to ${addresses.join(", ")}, not to ${here}`]
          : []),
    ...(unreachable === undefined ? [] : [`the authority ${authority} can't be reached: ${unreachable}`]),
  ];
  if (obstacles.length > 0) return obstacles.join("; ");
  return refusal
    ? `the authority ${authority} says: ${refusal.reason}`
    : `the authority ${authority} has not given one`;
}

/** A line for each name that has no valid certificate. */
export function pendingLines(app: string, certificates: readonly NameStatus[], now: number): readonly string[] {
  return certificates.flatMap(({ name, until, pending }) => {
    if (pending === undefined) return [];
    const what =
      until === undefined
        ? `no certificate yet for ${name}`
        : `the certificate for ${name} ${Date.parse(until) > now ? `ends ${inText(Date.parse(until), now)} and is not renewed` : "has ended"}`;
    return [`${what}: ${pending}. It is tried again by itself, at once with: sudo slipway repair ${app}`];
  });
}
