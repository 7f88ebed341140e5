/**
 * The front: the small shell program that people and stacks call as `slipway`. What changes the host it hands to systemd as a unit of its
 * own, so that the work goes on when whoever asked for it is gone: a lost connection, a killed `pulumi up`, a closed laptop. A shell does
 * this within milliseconds where a second start of Node would take a hundred.
 */

/** Where the front stands. */
export const FRONT = "/usr/local/bin/slipway";
/** The engine's bundle. */
export const ENGINE = "/usr/local/lib/slipway/slipway.js";
/** Node as Debian installs it. */
export const NODE = "/usr/bin/node";

/** Commands that run as units of their own. The others only look, or are a conversation with who runs them. */
export const OUTLIVING: readonly string[] = ["release", "rollback", "restore", "remove", "follow", "copy-database"];

/** Set for an engine that runs in a unit already. */
export const IN_UNIT = "SLIPWAY_UNIT";

/**
 * At a shutdown a release is asked to end before the services it works with are, and has this many seconds: longer than a step that has
 * to be undone takes, and what systemd itself gives a service.
 */
const TIME_TO_END = 90;

/** A release gives way to the requests that are served meanwhile. */
const NICE = 10;

/** The services a release works with. */
export const SERVICES: readonly string[] = ["docker.service", "caddy.service", "postgresql.service"];

/** Name of the unit that mends what was interrupted: at each boot, and when an engine was killed. */
export const REPAIR_UNIT = "slipway-repair.service";

/** Word by which systemd calls the front at the end of a unit of ours. */
const AFTER = "after-unit";

/** Text of the front. */
export function front(): string {
  return `#!/bin/sh
# Written by «slipway setup».
case "\${1-}" in
${OUTLIVING.join(" | ")})
  # Only root can write there, and only where systemd runs.
  if [ -z "\${${IN_UNIT}-}" ] && [ -w /run/systemd/system ]; then
    read -r id </proc/sys/kernel/random/uuid
    exec systemd-run --quiet --collect --wait --pipe --expand-environment=no \\
      --unit="slipway-$1-$id" --description="slipway $1" \\
      --property=KillMode=mixed --property=TimeoutStopSec=${TIME_TO_END} \\
      --property=After="${SERVICES.join(" ")}" --property=OOMScoreAdjust=-500 \\
      --property=Nice=${NICE} --property=ExecStopPost="${FRONT} ${AFTER}" \\
      --setenv=${IN_UNIT}=1 --setenv=SUDO_USER --setenv=SLIPWAY_ACTOR --setenv=LANG \\
      -- ${NODE} ${ENGINE} "$@"
  fi
  ;;
${AFTER})
  # By systemd, at the end of such a unit: what was killed is taken up at once. What failed by itself has said so, and undone it.
  case "\${SERVICE_RESULT-}" in
  success | exit-code | "") exit 0 ;;
  esac
  exec systemctl start --no-block ${REPAIR_UNIT}
  ;;
esac
exec ${NODE} ${ENGINE} "$@"
`;
}
