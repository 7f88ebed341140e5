import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { commandLine } from "../ssh/commandLine";
import type { HostConnection } from "../ssh/remoteScript";
import { knownHosts } from "./ciAccess";

/** Whose machine is guarded, and how it is asked. */
export interface TenantsGuardArgs {
  /** The stack that the machine belongs to, `PROJECT/STACK`. */
  readonly stack: string;
  readonly connection: pulumi.Input<HostConnection>;
}

/**
 * Refuses to destroy a stack while others have apps on its machine. It depends on all that the stack makes, so it goes first. A command of
 * this computer's, and not of the machine's: where the machine can't be asked, it is gone or as good as gone, and must not be waited for.
 */
export class TenantsGuard extends pulumi.ComponentResource {
  constructor(name: string, args: TenantsGuardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:host:TenantsGuard", name, {}, opts);
    new local.Command(
      `${name}-command`,
      {
        delete: commandLine(["bash", "-euo", "pipefail", "-s"]),
        stdin: pulumi.secret(pulumi.output(args.connection).apply((connection) => guardScript(args.stack, connection))),
        addPreviousOutputInEnv: false,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** Asks the machine whether it is the stack's alone. Ends with 0 where it can't be asked: 255 is ssh's own. */
export function guardScript(stack: string, { host, port = 22, user, hostKey, privateKey }: HostConnection): string {
  return `command -v ssh >/dev/null || exit 0
umask 077
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat > "$folder/key" <<'END'
${privateKey.trim()}
END
cat > "$folder/hosts" <<'END'
${knownHosts(host, hostKey, port).trim()}
END
code=0
ssh -n -q -F none -i "$folder/key" -p ${port} \\
  -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes \\
  -o UserKnownHostsFile="$folder/hosts" -o GlobalKnownHostsFile=none \\
  ${commandLine([`${user}@${host}`, commandLine(["sudo", "slipway", "alone", "--stack", stack])])} || code=$?
[ $code = 255 ] || exit $code
`;
}
