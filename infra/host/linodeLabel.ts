import { createHash } from "node:crypto";

/** Longest labels that Linode takes (API v4: POST /linode/instances, /networking/firewalls, /volumes, /databases/postgresql/instances). */
export const labelLimits = { instance: 64, firewall: 32, volume: 32, database: 32 } as const;

/**
 * A label that Linode takes, from a name: letters, digits and single inner - _ or . at most. What is too long is cut and ends in a
 * part of its hash, so that two long names stay apart.
 */
export function linodeLabel(name: string, longest: number): string {
  const clean = name
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/([._-])\1+/g, "$1")
    .replace(/^[._-]+|[._-]+$/g, "");
  if (clean.length <= longest && clean.length >= 3) return clean;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${clean.slice(0, longest - 9).replace(/[._-]+$/, "") || "l"}-${hash}`;
}
