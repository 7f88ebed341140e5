/** A data centre. */
export interface Region {
  readonly id: string;
  readonly label: string;
  readonly country: string;
  readonly capabilities: readonly string[];
}

const everywhere = [
  "Linodes",
  "Block Storage Encryption",
  "Disk Encryption",
  "Backups",
  "NodeBalancers",
  "Block Storage",
  "Kubernetes",
  "Cloud Firewall",
  "Vlans",
  "Metadata",
  "Placement Group",
  "StackScripts",
  "Maintenance Policy",
  "Linode Interfaces",
];
const databases = [...everywhere, "Managed Databases"];
const newer = [...databases, "VPCs", "Premium Plans"];

type Row = readonly [string, string, string, readonly string[]];

const rows: readonly Row[] = [
  ["au-mel", "Melbourne, AU", "au", newer],
  ["es-mad", "Madrid, ES", "es", newer],
  ["in-maa", "Chennai, IN", "in", newer],
  ["jp-osa", "Osaka, JP", "jp", newer],
  ["it-mil", "Milan, IT", "it", newer],
  ["us-mia", "Miami, FL", "us", newer],
  ["id-cgk", "Jakarta, ID", "id", newer],
  ["us-lax", "Los Angeles, CA", "us", newer],
  ["gb-lon", "London 2, UK", "gb", newer],
  ["se-sto", "Stockholm, SE", "se", newer],
  ["in-bom-2", "Mumbai 2, IN", "in", newer],
  ["de-fra-2", "Frankfurt 2, DE", "de", newer],
  ["sg-sin-2", "Singapore 2, SG", "sg", newer],
  ["jp-tyo-3", "Tokyo 3, JP", "jp", newer],
  ["no-osl-1", "Oslo, NO", "no", newer],
  ["us-iad-2", "Washington 2, DC", "us", newer],
  ["fr-par-2", "Paris 2, FR", "fr", newer],
  ["nl-ams", "Amsterdam, NL", "nl", newer],
  ["ap-west", "Mumbai, IN", "in", databases],
  ["ca-central", "Toronto, CA", "ca", databases],
  ["ap-southeast", "Sydney, AU", "au", databases],
  ["us-iad", "Washington, DC", "us", newer],
  ["us-ord", "Chicago, IL", "us", newer],
  ["fr-par", "Paris, FR", "fr", newer],
  ["us-sea", "Seattle, WA", "us", newer],
  ["br-gru", "Sao Paulo, BR", "br", newer],
  ["us-central", "Dallas, TX", "us", databases],
  ["ap-northeast", "Tokyo 2, JP", "jp", databases],
  ["eu-central", "Frankfurt, DE", "de", databases],
  ["ap-south", "Singapore, SG", "sg", everywhere],
  ["eu-west", "London, UK", "gb", everywhere],
  ["us-east", "Newark, NJ", "us", databases],
  ["us-southeast", "Atlanta, GA", "us", databases],
  ["us-west", "Fremont, CA", "us", databases],
];

/** The core data centres of 2026, with those capabilities that matter to the sandbox. */
export const regions: readonly Region[] = rows.map(([id, label, country, capabilities]) => {
  return { id, label, country, capabilities };
});

/** The region of an id, or `undefined`. */
export function findRegion(id: string): Region | undefined {
  return regions.find((region) => region.id === id);
}
