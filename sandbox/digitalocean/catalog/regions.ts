/** A data centre. Every size and feature is to be had in all of them. */
export interface Region {
  readonly slug: string;
  readonly name: string;
}

/** The data centres that take new droplets. */
export const regions: readonly Region[] = [
  { slug: "nyc1", name: "New York 1" },
  { slug: "nyc2", name: "New York 2" },
  { slug: "nyc3", name: "New York 3" },
  { slug: "ams3", name: "Amsterdam 3" },
  { slug: "sfo2", name: "San Francisco 2" },
  { slug: "sfo3", name: "San Francisco 3" },
  { slug: "sgp1", name: "Singapore 1" },
  { slug: "lon1", name: "London 1" },
  { slug: "fra1", name: "Frankfurt 1" },
  { slug: "tor1", name: "Toronto 1" },
  { slug: "blr1", name: "Bangalore 1" },
  { slug: "syd1", name: "Sydney 1" },
  { slug: "atl1", name: "Atlanta 1" },
];

/** The region of a slug (in lower case), or `undefined`. */
export function findRegion(slug: string): Region | undefined {
  return regions.find((region) => region.slug === slug.toLowerCase());
}
