import { createHash } from "node:crypto";
import { quoted, strings } from "./masterFile";
import type { Zone } from "./names";

/** Where the server's container keeps the zones, so that they outlive it. */
export const zonesFolder = "/var/lib/sandbox";

/** A name of the server's own; its TXT record tells which zones the server has taken. */
export const markName = "zones.sandbox.invalid";

/**
 * The server's configuration. It answers for the zones itself, and asks the engine's own resolver (127.0.0.11 in every
 * container on a network of one's own), and so this computer's, for all other names.
 */
export const configuration = `options {
  directory "/tmp";
  pid-file none;
  session-keyfile none;
  listen-on { any; };
  listen-on-v6 { none; };
  allow-query { any; };
  allow-recursion { any; };
  allow-transfer { none; };
  notify no;
  dnssec-validation no;
  forward only;
  forwarders { 127.0.0.11; };
  max-cache-size 8m;
  max-ncache-ttl 5;
  check-names primary ignore;
  check-integrity no;
};
controls { };
include "${zonesFolder}/zones.conf";
`;

/** Tells one set of zones from another. */
export function markOf(zones: readonly Zone[]): string {
  const facts = JSON.stringify(zones.map(({ name, text }) => [name, text]));
  return createHash("sha256").update(facts).digest("hex").slice(0, 16);
}

/** Files of the server by absolute path, without the leading slash: the list of zones, and a master file for each. */
export function zoneFiles(zones: readonly Zone[]): Readonly<Record<string, string>> {
  const mark = [
    "$TTL 0",
    "@ IN SOA localhost. nobody.invalid. 1 3600 3600 3600 0",
    "@ NS localhost.",
    `@ TXT ${strings(markOf(zones))}`,
  ];
  const all = [{ name: markName, text: `${mark.join("\n")}\n` }, ...zones];
  const file = (name: string) => `${zonesFolder}/${name}.zone`;
  const list = all.map(({ name }) => `zone ${quoted(name)} { type primary; file ${quoted(file(name))}; };\n`);
  return Object.fromEntries([
    ...all.map(({ name, text }) => [file(name).slice(1), text] as const),
    [`${zonesFolder.slice(1)}/zones.conf`, list.join("")] as const,
  ]);
}
