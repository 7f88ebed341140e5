/** Postgres installed on the machine: reachable from the machine and its containers, each app in its own database. */
import { containerNetwork, hostInside } from "../network/addresses";

/** How an app reaches its database. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly user: string;
}

/** The address of an app's database; app, database and role share one name. */
export function databaseAddress(app: string): DatabaseAddress {
  const name = app.replaceAll("-", "_");
  return { host: hostInside, port: 5432, name, user: name };
}

/** The variables an app's processes get for their database. */
export function databaseEnvironment(
  { host, port, name, user }: DatabaseAddress,
  password: string,
): Record<string, string> {
  return {
    DATABASE_URL: `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${name}`,
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: name,
    DB_USER: user,
    DB_PASSWORD: password,
  };
}

/** Those of the variables that nobody may read. */
export const databaseSecrets = ["DATABASE_URL", "DB_PASSWORD"] as const;

/**
 * Lets containers in by password (scram) to the database of their own name. The bridge's address appears only when the
 * container engine is up, so Postgres may bind it before it is there.
 */
export function postgresScript(): string {
  return `shopt -s nullglob
clusters=(/etc/postgresql/*/main)
folder=\${clusters[-1]}
cat > /etc/sysctl.d/60-slipway-postgres.conf <<'END'
net.ipv4.ip_nonlocal_bind = 1
END
sysctl -q -p /etc/sysctl.d/60-slipway-postgres.conf
install -d -m 0755 -o postgres -g postgres $folder/conf.d
cat > $folder/conf.d/slipway.conf.new <<'END'
listen_addresses = 'localhost,${hostInside}'
password_encryption = 'scram-sha-256'
END
changed=
cmp -s $folder/conf.d/slipway.conf.new $folder/conf.d/slipway.conf || changed=yes
mv $folder/conf.d/slipway.conf.new $folder/conf.d/slipway.conf
line='host sameuser all ${containerNetwork} scram-sha-256'
grep -qxF "$line" $folder/pg_hba.conf || { printf '%s\\n' "$line" >> $folder/pg_hba.conf; changed=yes; }
systemctl enable --quiet --now postgresql
[ -z "$changed" ] || systemctl restart postgresql
for _ in {1..150}; do
  pg_isready -q -h ${hostInside} && exit 0
  sleep 0.2
done
echo 'Postgres does not answer; its log ends with:' >&2
journalctl -n 20 --no-pager -u 'postgresql@*' >&2
exit 1
`;
}

/** Makes the database and role of an app, or sets the role's password anew. @param password letters and digits */
export function createDatabaseScript({ name, user }: DatabaseAddress, password: string): string {
  return `cd /
sudo -u postgres psql -q -v ON_ERROR_STOP=1 <<'END'
SELECT 'CREATE ROLE "${user}" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
ALTER ROLE "${user}" PASSWORD '${password}';
SELECT 'CREATE DATABASE "${name}" OWNER "${user}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \\gexec
REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC;
END
`;
}

/** Drops the database and role of an app; nothing happens where they are gone. */
export function dropDatabaseCommand({ name, user }: DatabaseAddress): string[] {
  const sql = [`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`, `DROP ROLE IF EXISTS "${user}"`];
  return [
    "sudo",
    "-u",
    "postgres",
    "psql",
    "-q",
    "-d",
    "postgres",
    "-v",
    "ON_ERROR_STOP=1",
    ...sql.flatMap((line) => ["-c", line]),
  ];
}
