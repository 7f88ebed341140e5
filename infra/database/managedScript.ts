/** Bash that, on the machine, gives an app what the provider's API doesn't: rights in its own database of a managed cluster, or all of it. */
import { dirname } from "node:path";
import { authorityPath } from "../../agent/authorities";
import { PROGRAMS_USER } from "../../agent/paths";
import { commandLine } from "../ssh/commandLine";
import type { DatabaseAddress } from "./access";
import { consentPath, contentsSql, existsSql, lastDumpScript, ownCatalog, savedScript } from "./lastDump";
import { dropMarked, makeMarked, markedDatabaseSql } from "./ownership";

/** What the script is written from. */
export interface ManagedOrder {
  readonly app: string;
  readonly address: DatabaseAddress;
  readonly admin: { readonly user: string; readonly password: string; readonly database: string };
  /** Certificate (PEM) of the authority that vouches for the server. */
  readonly authority: string;
  /** Of the app's role. Letters and digits where the script makes the role. */
  readonly password: string;
  /** Whether the provider's API has made database and role; otherwise the script makes and drops them. */
  readonly isMade: boolean;
  /** What database and role bear as the stack's, where the script makes them. */
  readonly remark: string;
}

/** Seconds until the server must answer: the trusted source holds a moment after the API has taken it. */
const patience = 120;

/** Makes what is missing, or dumps one last time what is about to be dropped. Everything secret is in the environment of the programs it runs, or their input. */
export function managedScript(order: ManagedOrder): string {
  const { app, address, admin, authority, password, isMade, remark } = order;
  const { host, port, name, user } = address;
  const path = authorityPath(authority);
  // Whatever the app has put there finds the app's own rights in whoever dumps it.
  const dump = `${lastDumpScript(app, {
    exists: `without_rights psql -XqAt -d ${admin.database} -c "${existsSql(name)}" </dev/null`,
    contents: `as_app psql -XqAt -d ${name} -c "${contentsSql}" </dev/null`,
    dump: `as_app pg_dump -Fc ${name} </dev/null`,
  })}\n`;
  return `export PGHOST=${commandLine([host])} PGPORT=${port} PGUSER=${commandLine([admin.user])} PGPASSWORD=${commandLine([admin.password])}
export PGSSLMODE=verify-full PGSSLROOTCERT=${path} PGCONNECT_TIMEOUT=10 PGAPPNAME=slipway
export PGOPTIONS="${ownCatalog}" HOME=/nonexistent PGPASSFILE=/dev/null
${withoutRights}as_app() { PGUSER=${commandLine([user])} PGPASSWORD=${commandLine([password])} without_rights "$@"; }
install -d -m 0755 ${dirname(path)}
certificate=$(mktemp ${dirname(path)}/XXXXXX)
printf %s ${commandLine([authority])} > $certificate
chmod 0644 $certificate
mv $certificate ${path}
reached() {
  for attempt in {1..${patience}}; do
    if said=$(without_rights psql -XqAt -d ${admin.database} -c '' 2>&1 </dev/null); then break; fi
    if [ $attempt = ${patience} ] || [[ $said == *authentication* ]]; then echo "the managed database can't be reached: $said" >&2; exit 1; fi
    sleep 1
  done
}
case "$1" in
make|adopt)
  reached
${isMade ? grantScript(address) : makeMarked(address, remark, `without_rights psql -XqAt -d ${admin.database}`, markedDatabaseSql(address, password, true))}
  ;;
drop)
  unsaved=; [ ! -e ${consentPath(app)} ] || unsaved=yes
  if [ -z "$unsaved" ]; then
  ${savedScript(app, "reached")}
  fi
${isMade ? dump : dropScript(admin.database, order, dump)}  ;;
esac
`;
}

/** Bash that runs a program as the user without rights that Postgres's programs have on each machine, made where it is missing. */
const withoutRights = `getent passwd ${PROGRAMS_USER} >/dev/null ||
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin ${PROGRAMS_USER} || getent passwd ${PROGRAMS_USER} >/dev/null
without_rights() { setpriv --reuid=${PROGRAMS_USER} --regid=${PROGRAMS_USER} --clear-groups --inh-caps=-all --no-new-privs -- "$@"; }
`;

function sqlScript(database: string, sql: string): string {
  return `  without_rights psql -Xq -v ON_ERROR_STOP=1 -d ${database} <<'END'\n${sql}\nEND`;
}

/** A role that the provider has made owns nothing. */
function grantScript({ name, user }: DatabaseAddress): string {
  return sqlScript(
    name,
    `REVOKE ALL ON DATABASE "${name}" FROM PUBLIC;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "${name}" TO "${user}";
GRANT ALL ON SCHEMA public TO "${user}";`,
  );
}

/** A server that doesn't answer any more has nothing to drop; without a person's word the script didn't come this far. */
function dropScript(first: string, { app, address, remark }: ManagedOrder, dump: string): string {
  return `  if [ -z "$unsaved" ] || without_rights psql -XqAt -d ${first} -c '' >/dev/null 2>&1 </dev/null; then
${dropMarked(address, remark, `without_rights psql -XqAt -d ${first}`, dump)}
  else
    rm -f ${consentPath(app)}
  fi
`;
}
