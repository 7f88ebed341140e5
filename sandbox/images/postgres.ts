import { aptInstall, type Recipe } from "./recipe";

/** Major version of the Postgres in the image: Debian 13's. */
export const postgresVersion = "17";

/**
 * Starts the server as user postgres, once the cloud's side (the firewall) is in place. The files of a server are made
 * beside their place and moved there when they are whole: a start that was cut short is begun anew.
 */
const server = `#!/bin/sh
set -eu
until [ -e /run/sandbox/power ]; do sleep 0.02; done
programs=/usr/lib/postgresql/${postgresVersion}/bin
data=/var/lib/postgresql/${postgresVersion}
if [ ! -e "$data/PG_VERSION" ]; then
  rm -rf "$data" "$data.new"
  "$programs/initdb" --pgdata="$data.new" --encoding=UTF8 --locale=en_US.UTF-8 --auth=peer --data-checksums --no-instructions >&2
  mv "$data.new" "$data"
fi
# Postgres takes no key that others could read.
install -m 600 /etc/sandbox/tls.key /run/sandbox/tls.key
exec "$programs/postgres" -D "$data" -c config_file=/etc/sandbox/postgresql.conf
`;

/** A database server of the clouds, see `databases/`. Its collation is the clouds': en_US.UTF-8. */
export function postgresRecipe(base: string): Recipe {
  const steps = [
    `FROM ${base}`,
    aptInstall(["postgresql-common", "locales", "nftables"], {
      after: [
        "sed -i 's/^#\\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf",
        "localedef -i en_US -f UTF-8 en_US.UTF-8",
      ],
    }),
    // Docker gives a file system in memory the mode of the folder it covers, at the latest at the second start.
    aptInstall([`postgresql-${postgresVersion}`], { after: ["install -d -m 777 /run/sandbox"] }),
    "COPY server /usr/local/lib/sandbox/server",
    // Fast shutdown: sessions are ended, nothing is lost.
    "STOPSIGNAL SIGINT",
    'CMD ["/usr/local/lib/sandbox/server"]',
  ];
  return {
    name: "postgres",
    title: "database server image",
    dockerfile: `${steps.join("\n")}\n`,
    files: { server: { content: server, mode: 0o755 } },
    tags: [],
  };
}
