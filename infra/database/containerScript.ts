/** Bash that keeps an app's own Postgres in a container of its machine. */
import { databaseNetworks } from "../network/addresses";
import { commandLine } from "../ssh/commandLine";
import { type DatabaseAddress, databaseName } from "./access";
import { type Farewell, ownDatabaseSql } from "./hostPostgres";
import { contentsSql, existsSql, lastDumpScript, ownCatalog, savedScript } from "./lastDump";

/** Login to the registry that an image is pulled from. */
export interface PullLogin {
  readonly server: string;
  readonly username: string;
  readonly password: string;
}

/** What the script is written from. */
export interface ContainerOrder extends Farewell {
  readonly app: string;
  /** Image of Postgres, by tag or digest. */
  readonly image: string;
  /** Letters and digits. */
  readonly password: string;
  readonly login?: PullLogin | undefined;
}

/** Processes and threads that the container may have; one that an older version made is told, too. */
const pidsLimit = 1024;

/** Name of container, volume and network alike. An app's own have no underscore after its name but for a volume, which has no prefix. */
export function containerName(app: string): string {
  return `slipway-${app}_database`;
}

/** Where the app finds it. @param host the container's address, which the script prints */
export function containerAddress(app: string, host: string): DatabaseAddress {
  const name = databaseName(app);
  return { host, port: 5432, name, user: name };
}

/** The container's address in what the script printed. */
export function addressIn(stdout: string): string {
  return /^address (\S+)$/m.exec(stdout)?.[1] ?? "";
}

/**
 * Makes the container, or drops it, with its data unless that is kept. The image stays the one that its tag stood for at first; another
 * tag is taken if it is of the same major version, since newer servers don't read older ones' files.
 */
export function containerScript({
  app,
  image,
  password,
  login,
  keep = false,
  lastDump = true,
}: ContainerOrder): string {
  const name = containerName(app);
  const address = containerAddress(app, "");
  const inside = insideOf(app);
  return `name=${name}
kept=/var/lib/slipway/databases/${app}
ours() { [ "$(docker $1 inspect --format "{{index .$2 \\"slipway.database\\"}}" $name 2>/dev/null)" = ${app} ]; }
labelled() { docker container inspect --format "{{index .Config.Labels \\"slipway.database.$1\\"}}" $name 2>/dev/null || true; }
there() { docker container inspect $name >/dev/null 2>&1; }
made() {
  asked=${commandLine([image])}
${networkScript(name, app)}
  if [ "$(labelled asked)" = "$asked" ]; then
    image=$(labelled image)
  else
${pullScript(login)}
    image=$(docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$asked" | head -n 1)
    [ -n "$image" ] || { echo "$asked has no digest: it must come from a registry" >&2; exit 1; }
${refuseMajorScript(app)}
    docker stop -t 60 $name >/dev/null 2>&1 || true
    docker rm -f -v $name >/dev/null 2>&1 || true
  fi
  if ! there; then
${createScript(name, app)}
  fi
}
answering() {
  docker unpause $name >/dev/null 2>&1 || true
  docker start $name >/dev/null
  docker update --pids-limit ${pidsLimit} $name >/dev/null
  for attempt in {1..300}; do
    ! ${inside} pg_isready -q -h 127.0.0.1 </dev/null 2>/dev/null || break
    if [ $attempt = 300 ]; then
      echo "the database of ${app} does not answer; its log ends with:" >&2
      docker logs --tail 20 $name >&2
      exit 1
    fi
    sleep 0.4
  done
}
case "$1" in
make)
  made
  answering
  docker exec -i -u postgres -e PGOPTIONS="${ownCatalog}" $name psql -Xq -v ON_ERROR_STOP=1 <<'END'
${ownDatabaseSql(address, password)}
END
  echo "address $address"
  echo "image $image"
  ;;
drop)
  docker version >/dev/null
${keep ? "  docker stop -t 60 $name >/dev/null 2>&1 || true" : lastDump ? dumpScript(app) : "  :"}
  ! ours container Config.Labels || docker rm -f -v $name >/dev/null 2>&1 || true
  for other in $(docker network inspect --format '{{range $id, $_ := .Containers}}{{$id}} {{end}}' $name 2>/dev/null || true); do
    docker network disconnect -f $name $other || true
  done
  ! ours network Labels || docker network rm $name >/dev/null 2>&1 || true
${keep ? "" : "  ! ours volume Labels || docker volume rm $name >/dev/null\n  rm -rf $kept\n"}  ;;
esac
`;
}

/** A container that doesn't run is started, and one that is gone made anew: without a server nobody knows what is in the volume. */
function dumpScript(app: string): string {
  const { name } = containerAddress(app, "");
  const inside = insideOf(app);
  const asked = (database: string, sql: string) => `${inside} psql -XqAt -d ${database} -c "${sql}" </dev/null`;
  return `  if ours container Config.Labels || ours volume Labels; then
${savedScript(app, "there || made; answering")}
${lastDumpScript(app, {
  exists: asked("postgres", existsSql(name)),
  contents: asked(name, contentsSql),
  dump: `${inside} pg_dump -Fc ${name} </dev/null`,
})}
  fi`;
}

/** How a command of the container's own is run. */
function insideOf(app: string): string {
  return `docker exec -u postgres -e PGOPTIONS="${ownCatalog}" ${containerName(app)}`;
}

/** A network that leads nowhere else; the addresses that Docker gives out by itself are none of the database's. */
function networkScript(name: string, app: string): string {
  const { prefix, first, last } = databaseNetworks;
  return `  if ! docker network inspect ${name} >/dev/null 2>&1; then
    exec 9>/run/lock/slipway-database-networks
    flock 9
    taken=$(docker network ls -q --filter label=slipway.database | xargs -r docker network inspect --format '{{range .IPAM.Config}}{{.Subnet}}{{end}}')
    for third in {${first}..${last}} none; do grep -qxF "${prefix}.$third.0/24" <<<"$taken" || break; done
    [ $third != none ] || { echo "this machine has no network left for another database container" >&2; exit 1; }
    docker network create --internal --label slipway.database=${app} --subnet ${prefix}.$third.0/24 --ip-range ${prefix}.$third.128/25 ${name} >/dev/null
    flock -u 9
  fi
  subnet=$(docker network inspect --format '{{range .IPAM.Config}}{{.Subnet}}{{end}}' ${name})
  address=\${subnet%.0/24}.2`;
}

/** The login is for this pull alone. */
function pullScript(login: PullLogin | undefined): string {
  const pull = (options: string) =>
    `docker image inspect "$asked" >/dev/null 2>&1 && [[ $asked == *@sha256:* ]] || docker ${options}pull -q "$asked" >/dev/null`;
  if (!login) return `    ${pull("")}`;
  return `    login=$(mktemp -d)
    docker --config $login login -u ${commandLine([login.username])} --password-stdin ${login.server} >/dev/null 2>&1 <<'END' || { rm -rf $login; echo "${login.server} refuses the login of ${login.username}" >&2; exit 1; }
${login.password}
END
    ${pull("--config $login ")} || { rm -rf $login; exit 1; }
    rm -rf $login`;
}

function refuseMajorScript(app: string): string {
  return `    major=$(docker run --rm --network none --entrypoint postgres "$image" --version | sed -E 's/^[^0-9]*([0-9]+).*/\\1/')
    ours=$(pg_dump --version | sed -E 's/^[^0-9]*([0-9]+).*/\\1/')
    if [ "$major" -gt "$ours" ]; then
      echo "$asked is Postgres $major, and this machine's own programs, which save and move databases, are of version $ours: take an image of version $ours or older" >&2
      exit 1
    fi
    data=
    ! docker volume inspect $name >/dev/null 2>&1 ||
      data=$(docker run --rm --network none -v $name:/database:ro --entrypoint cat "$image" /database/data/PG_VERSION 2>/dev/null || true)
    if [ -n "$data" ] && [ "$data" != "$major" ]; then
      echo "the data of ${app} is of Postgres $data and $asked is Postgres $major, which can't read it; nothing was changed." \\
        "Go back to an image of version $data, or move the app to another place and back: docs/databases.md" >&2
      exit 1
    fi`;
}

/** The superuser's password is this machine's alone; nobody needs it, since the way in is the container's own socket. */
function createScript(name: string, app: string): string {
  return `    install -d -m 0700 $kept
    [ -s $kept/password ] || { head -c 24 /dev/urandom | base64 > $kept/password.new && mv $kept/password.new $kept/password; }
    chmod 0444 $kept/password
    docker volume create --label slipway.database=${app} ${name} >/dev/null
    docker create --name ${name} --restart unless-stopped --network ${name} --ip $address --stop-timeout 60 --shm-size 256m --pids-limit ${pidsLimit} \\
      --label slipway.database=${app} --label "slipway.database.asked=$asked" --label "slipway.database.image=$image" \\
      --mount type=volume,src=${name},dst=/database --mount type=bind,src=$kept/password,dst=/run/secrets/postgres,readonly \\
      -e PGDATA=/database/data -e POSTGRES_PASSWORD_FILE=/run/secrets/postgres -e POSTGRES_INITDB_ARGS=--data-checksums \\
      --health-cmd 'pg_isready -q -h 127.0.0.1 -U postgres' --health-interval 30s \\
      "$image" >/dev/null`;
}
