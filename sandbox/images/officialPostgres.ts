import { postgresVersion } from "./postgres";
import { aptInstall, type Recipe } from "./recipe";

/**
 * Makes a server's files at its first start, with the server on its socket alone meanwhile, and then becomes the server. The environment it
 * reads is that of the official image, less initialisation scripts.
 */
const entrypoint = `#!/bin/bash
set -euo pipefail
programs=/usr/lib/postgresql/${postgresVersion}/bin
[ "\${1:-}" = postgres ] || exec "$@"
if [ "$(id -u)" = 0 ]; then
  install -d -m 0700 -o postgres -g postgres "$PGDATA"
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  password=\${POSTGRES_PASSWORD:-}
  [ -z "\${POSTGRES_PASSWORD_FILE:-}" ] || password=$(cat "$POSTGRES_PASSWORD_FILE")
  [ -n "$password" ] || { echo 'Error: Database is uninitialized and superuser password is not specified.' >&2; exit 1; }
  user=\${POSTGRES_USER:-postgres} name=\${POSTGRES_DB:-\${POSTGRES_USER:-postgres}}
  initdb --username="$user" --pwfile=<(printf '%s\\n' "$password") \${POSTGRES_INITDB_ARGS:-}
  printf '\\nhost all all all %s\\n' "\${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
  pg_ctl -w -o "-c listen_addresses=''" start
  [ "$name" = postgres ] || psql -X -v ON_ERROR_STOP=1 -U "$user" -d postgres -v name="$name" <<<'CREATE DATABASE :"name";'
  pg_ctl -w -m fast stop
fi
unset POSTGRES_PASSWORD
exec "$@"
`;

/** Stands in for `postgres:17`. */
export function officialPostgresRecipe(base: string): Recipe {
  const steps = [
    `FROM ${base}`,
    aptInstall(["postgresql-common", "locales"], {
      after: [
        "sed -i 's/^#\\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf",
        "localedef -i en_US -f UTF-8 en_US.UTF-8",
      ],
    }),
    aptInstall([`postgresql-${postgresVersion}`], {
      after: ["install -d -m 3777 -o postgres -g postgres /var/run/postgresql"],
    }),
    `ENV LANG=en_US.utf8 PGDATA=/var/lib/postgresql/data PG_MAJOR=${postgresVersion}`,
    `ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/${postgresVersion}/bin`,
    "COPY entrypoint /usr/local/bin/docker-entrypoint.sh",
    `RUN sed -i "s/^#listen_addresses = 'localhost'/listen_addresses = '*'/" /usr/share/postgresql/${postgresVersion}/postgresql.conf.sample`,
    "VOLUME /var/lib/postgresql/data",
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    "STOPSIGNAL SIGINT",
    "EXPOSE 5432",
    'CMD ["postgres"]',
  ];
  return {
    name: "postgres",
    title: "Postgres app image",
    dockerfile: `${steps.join("\n")}\n`,
    files: { entrypoint: { content: entrypoint, mode: 0o755 } },
    tags: [postgresVersion],
  };
}
