import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { commandLine } from "../ssh/commandLine";
import type { HostConnection } from "../ssh/remoteScript";
import { knownHosts } from "./ciAccess";
import type { InCloud } from "./machineHost";

/** How the machine's cloud is asked: what the stack's settings say. What they leave out is in the environment of whoever destroys. */
export interface CloudLogin {
  /** Where its API answers. */
  readonly url?: string | undefined;
  readonly token?: string | undefined;
}

/** Whose machine is guarded, and how it is asked. */
export interface TenantsGuardArgs {
  /** The stack that the machine belongs to, `PROJECT/STACK`. */
  readonly stack: string;
  /** Who makes the machine. With another one the guard is another, too, and this one goes before its machine does. */
  readonly provider: string;
  readonly connection: pulumi.Input<HostConnection>;
  /** What stands for the machine: where it is replaced, the guard is asked first. */
  readonly machine: pulumi.Resource;
  /** Where the machine stands on its cloud's record; none where it is of no cloud. */
  readonly inCloud?: pulumi.Input<InCloud> | undefined;
  readonly login?: CloudLogin | undefined;
}

/** Variable of whoever destroys: the address of a machine that may go although nobody knows what else is on it. */
export const consentVariable = "SLIPWAY_DESTROY_UNSEEN";

/**
 * Refuses to destroy or replace a machine while others have apps on it, or while nobody can tell. It depends on all that the stack makes, so it
 * goes first. A command of this computer's, and not of the machine's: where that is gone, only its cloud can say so.
 */
export class TenantsGuard extends pulumi.ComponentResource {
  constructor(name: string, args: TenantsGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:TenantsGuard", name, {}, opts);
    const { stack, connection, inCloud, login } = args;
    new local.Command(
      `${name}-${args.provider}`,
      {
        delete: commandLine(["bash", "-euo", "pipefail", "-s"]),
        stdin: pulumi.secret(
          pulumi
            .all([connection, inCloud])
            .apply(([reached, record]) => guardScript(stack, reached, record && { ...login, ...record })),
        ),
        addPreviousOutputInEnv: false,
      },
      { parent: this, replaceWith: [args.machine], aliases: [{ name: `${name}-command` }] },
    );
    this.registerOutputs({});
  }
}

/** How each cloud is asked where the settings don't say, and how its «not found» looks. */
const clouds = {
  digitalocean: {
    title: "DigitalOcean",
    url: "${DIGITALOCEAN_API_URL:-https://api.digitalocean.com}",
    token: "${DIGITALOCEAN_TOKEN:-${DIGITALOCEAN_ACCESS_TOKEN:-}}",
    absent: `'"id" *: *"not_found"'`,
  },
  linode: {
    title: "Linode",
    url: "${LINODE_URL:-https://api.linode.com}",
    token: "${LINODE_TOKEN:-}",
    absent: `'"reason" *: *"Not found"'`,
  },
} as const satisfies Record<InCloud["cloud"], unknown>;

/**
 * Asks the machine whether it is the stack's alone, and ends with its answer. Where it gives none (255 is ssh's own), it may go only if its
 * cloud says that there is no such machine, or if whoever destroys has named its address.
 */
export function guardScript(
  stack: string,
  { host, port = 22, user, hostKey, privateKey }: HostConnection,
  cloud?: InCloud & CloudLogin,
): string {
  return `umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/key" <<'END'
${privateKey.trim()}
END
cat > "$folder/hosts" <<'END'
${knownHosts(host, hostKey, port).trim()}
END
code=255
if command -v ssh >/dev/null; then
  code=0
  ssh -n -F none -i "$folder/key" -p ${port} \\
    -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes \\
    -o UserKnownHostsFile="$folder/hosts" -o GlobalKnownHostsFile=none \\
    ${commandLine([`${user}@${host}`, commandLine(["sudo", "slipway", "alone", "--stack", stack])])} 2>"$folder/said" || code=$?
else
  echo 'this computer has no ssh' > "$folder/said"
fi
if [ $code != 255 ]; then
  cat "$folder/said" >&2
  exit $code
fi
unseen=$(tail -n 1 "$folder/said" | tr -d '\\r')
if [ "\${${consentVariable}:-}" = ${commandLine([host])} ]; then
  echo "nobody knows what else is on ${host} ($unseen); ${consentVariable} names it, so it goes"
  exit 0
fi
${cloud ? askScript(cloud) : ""}echo "slipway: nobody can tell whether other stacks have apps on the machine ${host}, who would lose them and their data with it: it can't be asked (\${unseen:-no answer})${cloud ? ", and $told" : ""}. \\
Nothing was destroyed. It has to run, and this computer's address has to be within slipway:host.sshFrom. \\
If it may go with all that is on it: ${consentVariable}=${host} pulumi destroy" >&2
exit 1
`;
}

/**
 * Ends with 0 if the cloud says that the machine is gone, and says in \`told\` what it said otherwise. Any account but the stack's own knows
 * nothing of the machine, either: so it must know the stack's firewall.
 */
function askScript({ cloud, machine, witness, url, token }: InCloud & CloudLogin): string {
  const { title, ...own } = clouds[cloud];
  return `url=${url === undefined ? `"${own.url}"` : commandLine([url])}
token=${token === undefined ? `"${own.token}"` : commandLine([token])}
printf 'authorization: Bearer %s\\n' "$token" > "$folder/header"
ask() {
  local said
  if said=$(curl -sS -m 20 -o "$folder/answer" -w '%{http_code}' -H @"$folder/header" "\${url%/}$1" 2>"$folder/asked"); then
    echo "$said"
  else
    tail -n 1 "$folder/asked"
    return 1
  fi
}
if ! command -v curl >/dev/null; then
  told='this computer has no curl to ask ${title} with'
elif ! status=$(ask ${commandLine([machine])}); then
  told="${title} does not answer ($status)"
elif [ "$status" = 404 ] && grep -q ${own.absent} "$folder/answer"; then
  status=$(ask ${commandLine([witness])}) || true
  [ "$status" != 200 ] || { echo "${title} says that the machine is gone"; exit 0; }
  told="the account of ${title} that was asked knows neither it nor the stack's firewall"
elif [ "$status" = 200 ]; then
  told='${title} says that it is there'
else
  told="${title} answered $status"
fi
`;
}
