/** Postgres installed on the machine: reachable from the machine and its containers, each app in its own database. */
import { containerNetwork, hostInside } from "../network/addresses";
import { type DatabaseAddress, databaseName } from "./access";
import { contentsSql, existsSql, lastDumpScript, ownCatalog, savedScript } from "./lastDump";
import { dropMarked, makeMarked, markedDatabaseSql } from "./ownership";

/** The address of an app's database; app, database and role share one name. */
export function hostDatabaseAddress(app: string): DatabaseAddress {
  const name = databaseName(app);
  return { host: hostInside, port: 5432, name, user: name };
}

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
cat > $folder/conf.d/slipway-limits.conf.new <<'END'
# Whoever doesn't log in holds a connection for no longer than that.
authentication_timeout = '15s'
END
renewed=
cmp -s $folder/conf.d/slipway-limits.conf.new $folder/conf.d/slipway-limits.conf || renewed=yes
mv $folder/conf.d/slipway-limits.conf.new $folder/conf.d/slipway-limits.conf
changed=
cmp -s $folder/conf.d/slipway.conf.new $folder/conf.d/slipway.conf || changed=yes
mv $folder/conf.d/slipway.conf.new $folder/conf.d/slipway.conf
line='host sameuser all ${containerNetwork} scram-sha-256'
grep -qxF "$line" $folder/pg_hba.conf || { printf '%s\\n' "$line" >> $folder/pg_hba.conf; changed=yes; }
systemctl enable --quiet --now postgresql
if [ -n "$changed" ]; then systemctl restart postgresql; elif [ -n "$renewed" ]; then systemctl reload postgresql; fi
for _ in {1..150}; do
  pg_isready -q -h ${hostInside} && exit 0
  sleep 0.2
done
echo 'Postgres does not answer; its log ends with:' >&2
journalctl -n 20 --no-pager -u 'postgresql@*' >&2
exit 1
`;
}

/**
 * SQL for psql that makes the database and role of an app on a server of its own, or sets the role's password anew.
 * @param password letters and digits
 */
export function ownDatabaseSql({ name, user }: DatabaseAddress, password: string): string {
  return `SELECT 'CREATE ROLE "${user}" LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') \\gexec
ALTER ROLE "${user}" PASSWORD '${password}';
SELECT 'CREATE DATABASE "${name}" OWNER "${user}"' WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') \\gexec
REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC;`;
}

/** An administrator on the machine, with no settings of his own. */
const asPostgres = `sudo -u postgres env PGOPTIONS="${ownCatalog}"`;

/** What becomes of an app's data when its database leaves the stack. */
export interface Farewell {
  /** Whether the database stays. @default false */
  readonly keep?: boolean | undefined;
  /** Whether a database that goes is dumped one last time. @default true */
  readonly lastDump?: boolean | undefined;
}

/** What one app may have of a server that it shares with others, in percent. */
interface Share {
  /** Of the connections that are not kept for the superuser. */
  readonly connections: number;
  /** Of the disk, for the temporary files of any one of its sessions. */
  readonly temporary: number;
}

/** Share of an app of the machine's own stack: no one of them takes it all. */
export const ownShare: Share = { connections: 60, temporary: 25 };

/** Share of a tenant's app, e.g. a preview's. */
export const tenantShare: Share = { connections: 15, temporary: 5 };

/** What an app's role may have of the server. */
export interface RoleLimits {
  readonly share: Share;
  /** Connections, in place of the share. */
  readonly connections?: number | undefined;
}

/**
 * SQL that sets a role's limits where it is the stack's, after `markedDatabaseSql` and with psql's variable `temporary`. Its own role can lift none of them: the number of connections asks for CREATEROLE,
 * and `temp_file_limit` is a superuser's to set (postgresql.org/docs/17/runtime-config-resource.html). What a role may set for itself in any session,
 * `work_mem` for one, would limit nothing.
 */
function limitSql(user: string, { share, connections }: RoleLimits): string {
  const ofServer = `greatest(5, (current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int) * ${share.connections} / 100)`;
  return `SELECT :'own_role'::boolean OR :'adopted_role'::boolean AS limited \\gset
\\if :limited
SELECT format('ALTER ROLE %I CONNECTION LIMIT %s', '${user}', ${connections ?? ofServer}) \\gexec
ALTER ROLE "${user}" SET temp_file_limit = :'temporary';
\\endif`;
}

/** Makes the database and role of an app, or drops them if they are the stack's; nothing happens where they are so already. @param remark what they bear as the stack's, see `ownership.ts` */
export function hostDatabaseScript(
  app: string,
  address: DatabaseAddress,
  password: string,
  { remark, keep = false, lastDump = true }: Farewell & { readonly remark: string },
  limits: RoleLimits = { share: ownShare },
): string {
  const psql = `${asPostgres} psql -XqAt -d postgres`;
  const ready = lastDump ? savedScript(app, readyScript) : readyScript;
  const dropScript = `  cd /\n  ${ready}\n${dropMarked(address, remark, psql, lastDump ? dumpScript(app, address) : "")}`;
  return `case "$1" in
make|adopt)
  cd /
  disk=$(df -B1M --output=size /var/lib/postgresql | tail -n 1)
  temporary=$((disk * ${limits.share.temporary} / 100))MB
${makeMarked(address, remark, `${psql} -v temporary=$temporary`, `${markedDatabaseSql(address, password)}\n${limitSql(address.user, limits)}`)}
  ;;
drop)
${keep ? "  :" : dropScript}
  ;;
esac
`;
}

/** A server that is down is started: what is in it can't be saved otherwise, and can't be dropped either. */
const readyScript = `pg_isready -q || for cluster in /etc/postgresql/*/main; do
    version=\${cluster%/main}
    systemctl start postgresql@\${version##*/}-main
  done
  ${asPostgres} psql -XqAt -d postgres -c '' </dev/null`;

function dumpScript(app: string, { name }: DatabaseAddress): string {
  const asked = (database: string, sql: string) => `${asPostgres} psql -XqAt -d ${database} -c "${sql}" </dev/null`;
  return `${lastDumpScript(app, {
    exists: asked("postgres", existsSql(name)),
    contents: asked(name, contentsSql),
    dump: `${asPostgres} pg_dump -Fc ${name} </dev/null`,
  })}\n`;
}
