/** Longest names that the clouds take for a volume (DigitalOcean API v2: POST /volumes; Linode API v4: POST /volumes). */
export const volumeNameLimits = { digitalocean: 64, linode: 32 } as const;

/**
 * A stack's name as a cloud takes it for a volume: DigitalOcean wants a letter first, then a-z, 0-9 and hyphens, 64 at most;
 * Linode 32 at most, which the udev link then ends with.
 */
export function volumeName(stack: string, longest: number): string {
  const letters = stack.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  const room = longest - "-data".length;
  return `${letters.replace(/^[^a-z]+/, "").slice(0, room) || "slipway"}-data`.replace(/-+/g, "-");
}
