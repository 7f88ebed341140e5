import { createHash } from "node:crypto";

/**
 * A UUID that depends on its arguments alone, in the form of version 4, so that ids are the same in each run.
 * @param kind what it names, e.g. `firewall`
 * @param number the how-many-eth it is
 */
export function uuid(kind: string, number: number): string {
  const hex = createHash("sha256").update(`${kind}/${number}`).digest("hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}

/** A time as the API writes it: UTC, whole seconds. */
export function apiTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
