/** Bash that, on the machine, gives an app what the provider's API can't: rights in its own database of a managed cluster. */
import { dirname } from "node:path";
import { authorityPath } from "../../agent/authorities";
import { commandLine } from "../ssh/commandLine";
import type { DatabaseAddress } from "./access";
import { ownDatabaseSql } from "./hostPostgres";
import { countTables, lastDumpScript } from "./lastDump";

/** What the script is written from. */
export interface ManagedOrder {
  readonly app: string;
  readonly address: DatabaseAddress;
  readonly admin: { readonly user: string; readonly password: string; readonly database: string };
  /** Certificate (PEM) of the authority that vouches for the server. */
  readonly authority: string;
  /** Password of the app's role where the script makes it; none where the provider's API has made it. Letters and digits. */
  readonly password?: string | undefined;
}

/** Seconds until the server must answer: the trusted source holds a moment after the API has taken it. */
const patience = 120;

/** Grants, or dumps one last time what is about to be dropped. Everything secret is in the environment of the programs it runs. */
export function managedScript({ app, address, admin, authority, password }: ManagedOrder): string {
  const { host, port, name, user } = address;
  const path = authorityPath(authority);
  const make =
    password === undefined
      ? ""
      : `  psql -Xq -v ON_ERROR_STOP=1 -d ${admin.database} <<'END'\n${ownDatabaseSql(address, password)}\nEND\n`;
  const drop =
    password === undefined
      ? ""
      : `  psql -Xq -v ON_ERROR_STOP=1 -d ${admin.database} <<'END'
DROP DATABASE IF EXISTS "${name}" WITH (FORCE);
DROP ROLE IF EXISTS "${user}";
END
`;
  return `export PGHOST=${commandLine([host])} PGPORT=${port} PGUSER=${commandLine([admin.user])} PGPASSWORD=${commandLine([admin.password])}
export PGSSLMODE=verify-full PGSSLROOTCERT=${path} PGCONNECT_TIMEOUT=10 PGAPPNAME=slipway
install -d -m 0755 ${dirname(path)}
certificate=$(mktemp ${dirname(path)}/XXXXXX)
printf %s ${commandLine([authority])} > $certificate
chmod 0644 $certificate
mv $certificate ${path}
case "$1" in
make)
  for attempt in {1..${patience}}; do
    if said=$(psql -XqAt -d ${admin.database} -c '' 2>&1 </dev/null); then break; fi
    if [ $attempt = ${patience} ] || [[ $said == *authentication* ]]; then echo "the managed database can't be reached: $said" >&2; exit 1; fi
    sleep 1
  done
${make}  psql -Xq -v ON_ERROR_STOP=1 -d ${name} <<'END'
REVOKE ALL ON DATABASE "${name}" FROM PUBLIC;
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "${name}" TO "${user}";
GRANT ALL ON SCHEMA public TO "${user}";
END
  ;;
drop)
  if psql -XqAt -d ${name} -c '' >/dev/null 2>&1 </dev/null; then
${lastDumpScript(app, `psql -XqAt -d ${name} -c "${countTables}" </dev/null`, `pg_dump -Fc ${name} </dev/null`)}
${drop}  fi
  ;;
esac
`;
}
