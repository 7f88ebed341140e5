import { z } from "zod";

const where = {
  /** HTTP method in capitals; `*` is any. */
  method: z.enum(["*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]).default("*"),
  /** Path the fault is for: `*` stands for part of one segment, `**` for anything. */
  path: z.string().startsWith("/"),
  /** How many times it strikes; without it, until it is removed. */
  times: z.number().int().min(1).optional(),
  /** Share of matching requests it strikes. */
  probability: z.number().min(0).max(1).default(1),
  /** Start of the row of random numbers that `probability` is drawn from. */
  seed: z.number().int().default(1),
};

/**
 * A fault to be injected into the clouds' APIs. `status` answers instead of the API (the change is not made), `slow`
 * waits before the API sees the request, `lost` lets the change be made and drops the connection instead of answering.
 */
export const Fault = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("status"),
    status: z.union([z.literal(401), z.literal(403), z.literal(429), z.number().int().min(500).max(599)]),
    /** Seconds, for the header `retry-after`. */
    retryAfter: z.number().int().min(0).optional(),
    ...where,
  }),
  z.strictObject({ kind: z.literal("slow"), ms: z.number().int().min(0).max(600_000), ...where }),
  z.strictObject({ kind: z.literal("lost"), ...where }),
]);
/** @see Fault */
export type Fault = z.infer<typeof Fault>;

/** A fault in force: its id, its rule and how often it has struck. */
export interface FaultInForce {
  readonly id: number;
  readonly fault: Fault;
  struck: number;
}

/** The faults in force, asked for each request of a cloud's API. */
export class Faults {
  #rules: { entry: FaultInForce; pattern: RegExp; random: () => number }[] = [];
  #lastId = 0;

  add(fault: Fault): FaultInForce {
    this.#lastId += 1;
    const entry: FaultInForce = { id: this.#lastId, fault, struck: 0 };
    this.#rules.push({ entry, pattern: pathPattern(fault.path), random: seeded(fault.seed) });
    return entry;
  }

  list(): readonly FaultInForce[] {
    return this.#rules.map((rule) => rule.entry);
  }

  clear(): void {
    this.#rules = [];
    this.#lastId = 0;
  }

  /** The first fault in force that strikes this request; it counts as struck. */
  strike(method: string, path: string): Fault | undefined {
    for (const { entry, pattern, random } of this.#rules) {
      const { fault } = entry;
      if (fault.times !== undefined && entry.struck >= fault.times) continue;
      if (fault.method !== "*" && fault.method !== method) continue;
      if (!pattern.test(path)) continue;
      if (random() >= fault.probability) continue;
      entry.struck += 1;
      return fault;
    }
    return undefined;
  }
}

function pathPattern(path: string): RegExp {
  const source = path
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${source}$`);
}

/** Mulberry32: numbers in [0, 1) that depend on the seed alone. */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
