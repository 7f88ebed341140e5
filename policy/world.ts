/** Which networks stand for everybody, alone or together. Their form is checked elsewhere: what can't be read here is taken for narrow. */

/** Longest prefixes that still are a large part of the internet: no team's own networks are a /4, or a /16 of IPv6. */
const widest = { IPv4: 4, IPv6: 16 } as const;

const lengths = { IPv4: 32, IPv6: 128 } as const;

type Family = keyof typeof widest;

/** The addresses from `first` up to, and not with, `end`. */
interface Span {
  readonly family: Family;
  readonly first: bigint;
  readonly end: bigint;
}

/**
 * What of a list of networks lets in a large part of the internet, in words: those that do by themselves (`0.0.0.0/0`, `::/0`, one of few
 * parts of it), else all of a family that do together. Nothing where they don't.
 * @param networks in CIDR form, or single addresses
 */
export function openIn(networks: readonly unknown[]): string[] {
  const texts = [...new Set(networks.filter((network) => typeof network === "string"))];
  const read = texts.flatMap((text) => {
    const span = spanOf(text.trim());
    return span ? [{ text, span }] : [];
  });
  return (["IPv4", "IPv6"] as const).flatMap((family) => {
    const own = read.filter(({ span }) => span.family === family);
    const alone = own.filter(({ span }) => isWide(family, span.end - span.first)).map(({ text }) => text);
    if (alone.length > 0) return alone;
    const covered = size(own.map(({ span }) => span));
    if (!isWide(family, covered)) return [];
    const prefix = lengths[family] - (covered.toString(2).length - 1);
    return [
      `${shortList(own.map(({ text }) => text))} (${own.length} networks, together as much as a /${prefix} of ${family})`,
    ];
  });
}

function isWide(family: Family, addresses: bigint): boolean {
  return addresses >= 1n << BigInt(lengths[family] - widest[family]);
}

/** How many addresses they take in, each counted once. */
function size(spans: readonly Span[]): bigint {
  let total = 0n;
  let reached = 0n;
  for (const { first, end } of [...spans].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    const from = first > reached ? first : reached;
    if (end > from) total += end - from;
    if (end > reached) reached = end;
  }
  return total;
}

function shortList(texts: readonly string[]): string {
  return texts.length <= 3 ? texts.join(", ") : `${texts.slice(0, 2).join(", ")} … ${texts.at(-1)}`;
}

function spanOf(network: string): Span | undefined {
  const [address = "", length, ...rest] = network.split("/");
  if (rest.length > 0 || (length !== undefined && !/^\d{1,3}$/.test(length))) return undefined;
  const family = address.includes(":") ? "IPv6" : "IPv4";
  const number = family === "IPv6" ? sixOf(address) : fourOf(address);
  const bits = length === undefined ? lengths[family] : Number(length);
  if (number === undefined || bits > lengths[family]) return undefined;
  // IPv4 in the clothes of IPv6.
  if (family === "IPv6" && number >> 32n === 0xffffn && bits >= 96)
    return span("IPv4", number & 0xffffffffn, bits - 96);
  return span(family, number, bits);
}

function span(family: Family, number: bigint, bits: number): Span {
  const room = BigInt(lengths[family] - bits);
  const first = (number >> room) << room;
  return { family, first, end: first + (1n << room) };
}

function fourOf(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return undefined;
  return parts.reduce((number, part) => (number << 8n) | BigInt(part), 0n);
}

function sixOf(text: string): bigint | undefined {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const four = dotted && fourOf(dotted[2] ?? "");
  if (dotted && four === undefined) return undefined;
  const plain =
    dotted && four !== undefined && four !== null
      ? `${dotted[1]}${(four >> 16n).toString(16)}:${(four & 0xffffn).toString(16)}`
      : text;
  const halves = plain.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":")));
  const count = groups.flat().length;
  if (!groups.flat().every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  if (halves.length === 1 ? count !== 8 : count > 7) return undefined;
  const whole = [...(groups[0] ?? []), ...Array<string>(8 - count).fill("0"), ...(groups[1] ?? [])];
  return whole.reduce((number, group) => (number << 16n) | BigInt(`0x${group}`), 0n);
}

/** Whether ports, as a cloud's firewall writes them (`22`, `1-1024`, `22,80`, `all`, `0` for all), take in `port`. */
export function takesIn(ports: unknown, port: number): boolean {
  if (ports === undefined || ports === null || ports === "" || ports === "all" || String(ports) === "0") return true;
  return String(ports)
    .split(",")
    .some((part) => {
      const [from, to = from] = part.trim().split("-").map(Number);
      return from !== undefined && to !== undefined && from <= port && port <= to;
    });
}
