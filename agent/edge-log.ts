/** What the edge's log tells of certificates that could not be had. Caddy says it nowhere else. */
import * as z from "zod";
import type { Refusal } from "./host";

/** The lines of Caddy 2's log that tell of a name's certificate; it has many others. */
const Line = z.object({
  ts: z.number(),
  msg: z.string(),
  identifier: z.string(),
  error: z.string().optional(),
  challenge_type: z.string().optional(),
});

/** How the attempts at a name's certificate went. */
interface Attempts {
  /** Why the last one that ended failed; of two authorities, in the words of the one asked first. */
  refusal?: Refusal;
  /** Whether that was before the one under way. */
  past?: boolean;
  /** What the authority met at this host, where it looked. */
  challenge?: string | undefined;
}

/** Reads lines of the log, in any order. @see Edge.refusals */
export function refusalsIn(log: string): ReadonlyMap<string, Refusal> {
  const names = new Map<string, Attempts>();
  for (const { ts, msg, identifier, error = "", challenge_type } of linesOf(log)) {
    const attempts = names.get(identifier) ?? {};
    names.set(identifier, attempts);
    switch (msg) {
      case "obtaining certificate":
      case "renewing certificate":
        attempts.past = true;
        attempts.challenge = undefined;
        break;
      case "challenge failed":
        if (attempts.challenge === undefined || challenge_type === "http-01") attempts.challenge = error;
        break;
      case "could not get certificate from issuer": {
        // An attempt is given up whenever a new configuration is loaded.
        if (error.includes("context canceled")) break;
        const reason = attempts.past === false ? attempts.refusal?.reason : undefined;
        attempts.refusal = { at: ts * 1000, reason: reason ?? plain(attempts.challenge ?? error) };
        attempts.past = false;
        break;
      }
      case "certificate obtained successfully":
      case "certificate renewed successfully":
        names.delete(identifier);
        break;
    }
  }
  return new Map([...names].flatMap(([name, { refusal }]) => (refusal ? [[name, refusal] as const] : [])));
}

function linesOf(log: string): z.infer<typeof Line>[] {
  const found = log.split("\n").flatMap((text) => {
    if (!text.includes('"identifier"')) return [];
    try {
      return Line.safeParse(JSON.parse(text)).data ?? [];
    } catch {
      return [];
    }
  });
  return found.sort((a, b) => a.ts - b.ts);
}

/** Longest reason that is shown. */
const LONGEST = 300;

/** A refusal without what only a program needs: names it repeats, links, numbers. */
function plain(error: string): string {
  const text = error
    .replace(/\((order|ca)=[^)]*\)/g, "")
    .replace(/^(\[[^\]]*\] )+/, "")
    .replace(/request to \S+ failed after \d+ attempts: /g, "")
    .replace(/HTTP \d+ urn:ietf:params:acme:error:(\w+) - /g, "$1: ")
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}
