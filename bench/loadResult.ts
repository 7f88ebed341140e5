/** What the load generator is asked and what it found, and figures made of it. */

/** What a load is made of. */
export interface LoadOrder {
  readonly address: string;
  /** Port of the address; 80 where left out. */
  readonly port?: number;
  /** Host header. */
  readonly host: string;
  /** Part of the full 100 requests a second, 1 where left out. */
  readonly scale?: number;
  /** Kinds that are left out. */
  readonly without?: readonly (keyof typeof kinds)[];
}

/** Kinds of request: a connection for each, connections kept open, some with long pauses, 2 s answers, 1 MB bodies sent over 1 s. */
export const kinds = { fresh: 0, kept: 1, idle: 2, slow: 3, upload: 4 } as const;

/**
 * An answered request: when its answer was due, in ms since 1970 (for slow ones and uploads: once their own time was over), its kind, how
 * many ms later it was there, and the version that answered.
 */
export type Sample = readonly [at: number, kind: number, milliseconds: number, version: string];

/** What the load generator prints. */
export interface LoadResult {
  /** ms since 1970. */
  readonly begun: number;
  /** @see begun */
  readonly ended: number;
  readonly asked: number;
  readonly samples: readonly Sample[];
  /** Requests without a good answer: when they were due, when they failed, in ms, and why. */
  readonly failures: readonly { at: number; after: number; kind: string; reason: string }[];
}

/** A stretch of time, ms since 1970. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Latencies of some requests, in ms. */
export interface Latency {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

/** Latency of the requests that were under way in any of the spans, and of all others. */
export function latencyBySpan(
  samples: readonly Sample[],
  spans: readonly Span[],
): { readonly within: Latency; readonly outside: Latency } {
  const isWithin = ([at, , milliseconds]: Sample) =>
    spans.some(({ from, to }) => at <= to && at + milliseconds >= from);
  const [within, outside]: [number[], number[]] = [[], []];
  for (const sample of samples) (isWithin(sample) ? within : outside).push(sample[2]);
  return { within: latencyOf(within), outside: latencyOf(outside) };
}

/** Percentiles by the nearest-rank method; not a number where nothing was asked. */
export function latencyOf(milliseconds: readonly number[]): Latency {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const rank = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, p50: rank(0.5), p99: rank(0.99), longest: sorted.at(-1) ?? Number.NaN };
}

/** Around the first answer of each version but the first: when the switch to it was felt, and so many ms before and after. */
export function switchSpans(samples: readonly Sample[], around: number): readonly Span[] {
  const first = new Map<string, number>();
  for (const [at, , milliseconds, version] of samples)
    first.set(version, Math.min(first.get(version) ?? Number.POSITIVE_INFINITY, at + milliseconds));
  return [...first.values()]
    .sort((a, b) => a - b)
    .slice(1)
    .map((at) => ({ from: at - around, to: at + around }));
}

/** Failures by kind and reason, with how often each came. */
export function failuresByReason({ failures }: Pick<LoadResult, "failures">): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { kind, reason } of failures) counts[`${kind}: ${reason}`] = (counts[`${kind}: ${reason}`] ?? 0) + 1;
  return counts;
}
