/**
 * Whose a database of a shared server is. What a stack makes there bears a comment from its making (`remarkOf`), and only what bears it is
 * dropped: a database of the same name that somebody made by hand is used, and left. In SQL for psql, which is handed every name and comment
 * as a variable.
 */
import { commandLine } from "../ssh/commandLine";
import type { DatabaseAddress } from "./access";
import { contentsSql, ownCatalog, readBackScript } from "./lastDump";

/** Folder of the machine with a note for each database, or role, that was there before a stack used it. */
const foundFolder = "/var/lib/slipway/found";

/** What a role's comment ends with while its database is being made: a run that is killed between the two has made it all the same. */
const MAKING = " makes its database";

const comment = (catalogue: string, oid: string) => `coalesce(shobj_description(${oid}, '${catalogue}'), '')`;
/** All but the mark: the same stack may have got another one, where its data outlived its state. */
const sameStack = (text: string) => `starts_with(${text}, left(:'remark', -12))`;

/**
 * SQL that makes a database and its role with that comment, and prints `found` where either was there before and isn't the stack's.
 * Variables: `remark`, and `adopt`, whether the stack has them on record although they bear no comment: an older program made none.
 * @param password letters and digits
 * @param joins whether who says it must be a member of the role to give it a database, as whoever is no superuser must
 */
export function markedDatabaseSql({ name, user }: DatabaseAddress, password: string, joins = false): string {
  return `SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${user}') AS new_role,
  NOT EXISTS (SELECT FROM pg_database WHERE datname = '${name}') AS new_database, :'remark' || '${MAKING}' AS making \\gset
\\if :new_role
BEGIN;
CREATE ROLE "${user}" LOGIN;
COMMENT ON ROLE "${user}" IS :'remark';
COMMIT;
\\endif
ALTER ROLE "${user}" PASSWORD '${password}';
${joins ? `GRANT "${user}" TO CURRENT_USER;\n` : ""}SELECT ${sameStack("says")} AS own_role, says = '' AND :'adopt'::boolean AS adopted_role, says = :'making' AS cut_off
  FROM (SELECT ${comment("pg_authid", "oid")} AS says FROM pg_roles WHERE rolname = '${user}') AS role \\gset
\\if :new_database
\\if :own_role
COMMENT ON ROLE "${user}" IS :'making';
\\endif
CREATE DATABASE "${name}" OWNER "${user}";
\\endif
REVOKE CONNECT ON DATABASE "${name}" FROM PUBLIC;
SELECT :'new_database'::boolean OR ${sameStack("says")} OR (says = '' AND owner = '${user}' AND (:'adopt'::boolean OR :'cut_off'::boolean)) AS own
  FROM (SELECT ${comment("pg_database", "oid")} AS says, pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = '${name}') AS database \\gset
\\if :own
COMMENT ON DATABASE "${name}" IS :'remark';
\\else
\\echo found
\\endif
\\if :own_role
COMMENT ON ROLE "${user}" IS :'remark';
\\elif :adopted_role
COMMENT ON ROLE "${user}" IS :'remark';
\\else
\\echo found
\\endif`;
}

/**
 * Bash for the arms `make` and `adopt` of a script; `$1` says which. What was found is noted, so that it is never adopted later.
 * @param psql command that runs SQL from its standard input
 */
export function makeMarked(address: DatabaseAddress, remark: string, psql: string, sql: string): string {
  const note = `${foundFolder}/${address.name}`;
  return `  adopt=false
  if [ "$1" = adopt ] && [ ! -e ${note} ]; then adopt=true; fi
  said=$(${psql} -v ON_ERROR_STOP=1 -v remark=${commandLine([remark])} -v adopt=$adopt <<'END'
${sql}
END
)
  if [ -n "$said" ]; then install -d -m 0700 ${foundFolder}; : > ${note}; fi`;
}

/** SQL that prints `t` where there is a database of the name `name` that bears `remark`. Both are variables. */
export const ownsSql = `SELECT true FROM pg_database d WHERE datname = :'name' AND (${comment("pg_database", "d.oid")} = :'remark'
  OR (${comment("pg_database", "d.oid")} = '' AND ${comment("pg_authid", "d.datdba")} = :'remark' || '${MAKING}'));`;

/** SQL that drops the database `name`, then the role of that name if it bears `remark` or there is to be no question whose it is (`named`). All three are variables. */
export const dropSql = `DROP DATABASE IF EXISTS :"name" WITH (FORCE);
${dropRoleSql()}`;

/** SQL that drops the role `name` likewise, where no database of its name is left that needs it. */
function dropRoleSql(): string {
  return `SELECT EXISTS (SELECT FROM pg_roles r WHERE rolname = :'name' AND (:'named'::boolean OR ${comment("pg_authid", "r.oid")} IN (:'remark', :'remark' || '${MAKING}')))
  AND NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') AS own \\gset
\\if :own
DROP ROLE :"name";
\\endif`;
}

/**
 * Bash that drops a stack's database and its role, and leaves any that isn't the stack's.
 * @param psql command that runs SQL from its standard input, in another database than that one
 * @param dump Bash that dumps it before
 */
export function dropMarked({ name }: DatabaseAddress, remark: string, psql: string, dump: string): string {
  const variables = `-v ON_ERROR_STOP=1 -v name=${name} -v remark=${commandLine([remark])} -v named=false`;
  return `  owns=$(${psql} ${variables} <<'END'
${ownsSql}
END
)
  if [ "$owns" = t ]; then
${dump}    ${psql} ${variables} <<'END'
${dropSql}
END
  else
    ${psql} ${variables} <<'END'
${dropRoleSql()}
END
  fi
  rm -f ${foundFolder}/${name}`;
}

/**
 * Bash that drops a database of the machine's own Postgres by its name, which is its first argument, if it bears the comment that is the
 * second. With none there, whoever asks has named the database himself: it is dumped first. Standard input is the script's own, so all of
 * it stands in one compound command.
 */
export const dropNamedScript = `{
name=$1 remark=$2 named=false
[ -n "$remark" ] || named=true
cd /
run() { sudo -u postgres psql -XqAt -v ON_ERROR_STOP=1 -v name="$name" -v remark="$remark" -v named=$named -d postgres; }
if [ $named = false ]; then
  owns=$(run <<'END'
${ownsSql}
END
)
  [ "$owns" = t ] || { echo "database $name doesn't bear the mark that it was listed with; it is left" >&2; exit 1; }
else
  # A name may look like a connection string; in the environment it is none.
  install -d -m 0700 /var/lib/slipway/dropped
  last=/var/lib/slipway/dropped/\${name//[^A-Za-z0-9_.-]/_}-$(date -u +%Y%m%dT%H%M%SZ).dump
  contents=$(sudo -u postgres env PGOPTIONS="${ownCatalog}" PGDATABASE="$name" psql -XqAt -c "${contentsSql}" </dev/null)
  (umask 077; sudo -u postgres env PGDATABASE="$name" pg_dump -Fc > "$last.draft" </dev/null)
  if [ -n "$contents" ]; then
      ${readBackScript}
  else
    mv "$last.draft" "$last"
  fi
  echo "the last dump of database $name is $last"
fi
run <<'END'
${dropSql}
END
}
`;
