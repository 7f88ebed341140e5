import { zonesFolder } from "../dns/configuration";
import { aptInstall, type Recipe } from "./recipe";

/** Starts with no zones where none were given yet. */
const server = `#!/bin/sh
set -eu
[ -e ${zonesFolder}/zones.conf ] || : >${zonesFolder}/zones.conf
exec named -f -g -n 1 -c /etc/sandbox/named.conf
`;

/** The name server: its configuration and zones come later, see `dns/`. */
export function namesRecipe(base: string): Recipe {
  const steps = [
    `FROM ${base}`,
    aptInstall(["bind9"]),
    "COPY server /usr/local/lib/sandbox/server",
    'CMD ["/usr/local/lib/sandbox/server"]',
  ];
  return {
    name: "names",
    title: "name server image",
    dockerfile: `${steps.join("\n")}\n`,
    files: { server: { content: server, mode: 0o755 } },
    tags: [],
  };
}
