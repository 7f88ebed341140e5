/** Scripts that take a machine in that is there already, and let it go again. Nothing of the owner's is taken away. */
import { commandLine } from "../ssh/commandLine";
import { dockerSettings } from "./steps";

/** Written when a machine was taken in; says by which stack, and what has to be undone. */
const MARK = "/etc/slipway/adopted";
const SUDOERS = "/etc/sudoers.d/90-slipway";
const KEYS = "/home/deploy/.ssh/authorized_keys";
const BEGIN = "# slipway: begin (written by the stack; what stands outside is yours)";
const END = "# slipway: end";
/** Removes the stack's own lines and ends the last line of the owner's. */
const WITHOUT_BLOCK = `sed -e '/^# slipway: begin/,/^# slipway: end/d' -e '$a\\'`;

/** What a machine is taken in with. */
export interface Adoption {
  /** The stack that takes it in, `PROJECT/STACK`. */
  readonly stack: string;
  /** The stack's own key for `deploy`, OpenSSH form. */
  readonly deployKey: string;
  /** Networks that may open an SSH connection once the firewall is up. */
  readonly sshFrom: readonly string[];
}

/**
 * Looks first whether the machine can become a host, and refuses before anything is changed; then makes the user that all later steps log
 * in as. What runs there is only looked at once: afterwards the answers would be the stack's own doing. What an earlier stack left when it
 * let the machine go is no hindrance.
 */
export function adoptScript({ stack, deployKey, sshFrom }: Adoption): string {
  return `refuse() { printf 'slipway: %s; nothing was changed\\n' "$1" >&2; exit 1; }
told() { (. /etc/os-release; printf '%s' "\${!1:-}"); }
[ -r /etc/os-release ] || refuse 'this machine does not say what it runs (no /etc/os-release); expected Debian 13'
[ "$(told ID) $(told VERSION_ID)" = 'debian 13' ] || refuse "this machine runs $(told PRETTY_NAME); expected Debian 13"
[ -d /run/systemd/system ] || refuse 'systemd does not run this machine; expected Debian 13 as it is installed'
from=\${SSH_CONNECTION:-$(tr '\\0' '\\n' < /proc/$PPID/environ | sed -n 's/^SSH_CONNECTION=//p')}
if [ -n "$from" ]; then
  perl -MSocket=inet_pton,AF_INET,AF_INET6 -e '${COVERS}' "\${from%% *}" ${commandLine(sshFrom)} ||
    refuse "you are connected from \${from%% *}, which sshFrom does not cover: the firewall would shut you out"
fi
if [ -e ${MARK} ]; then
  owner=$(sed -n 's/^stack=//p' ${MARK})
  [ "$owner" = ${commandLine([stack])} ] || refuse "this machine is stack $owner's already: destroy that one first, or be its tenant (slipway:host: { provider: stack, stack: $owner }); if it is gone for good, remove ${MARK} on the machine"
else
  for port in 80 443; do
    other=$(ss -Htlnp "sport = :$port" | grep -v '"caddy"' | head -n 1 | tr -s ' ') || true
    [ -z "$other" ] || refuse "something listens on port $port already ($other), where visitors of the apps come in; stop it first"
  done
  if [ -s /etc/caddy/Caddyfile ] && ! grep -q '^# Written by slipway' /etc/caddy/Caddyfile; then
    sum=$(md5sum /etc/caddy/Caddyfile | cut -d ' ' -f 1)
    dpkg-query -W -f='\${Conffiles}' caddy 2>/dev/null | grep -qF "/etc/caddy/Caddyfile $sum" ||
      refuse 'Caddy has sites of its own (/etc/caddy/Caddyfile), which would go off the air; move that file away first'
  fi
  cmp -s /etc/docker/daemon.json - <<'END' || [ ! -s /etc/docker/daemon.json ] || refuse 'Docker has settings of its own (/etc/docker/daemon.json), which would be replaced; move them away first'
${dockerSettings}
END
  if command -v docker >/dev/null && [ -n "$(docker ps -aq 2>/dev/null)" ]; then
    refuse 'Docker has containers already, whose network would change; expected none'
  fi
fi
if id deploy >/dev/null 2>&1; then
  [ "$(getent passwd deploy | cut -d : -f 6)" = /home/deploy ] || refuse "user deploy is there with another home than /home/deploy"
fi
command -v sudo >/dev/null || {
  export DEBIAN_FRONTEND=noninteractive
  apt-get -q -o DPkg::Lock::Timeout=600 update
  apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends sudo
}
made=no
id deploy >/dev/null 2>&1 || { useradd --create-home --shell /bin/bash --comment Slipway deploy; made=yes; }
getent group deploy >/dev/null || groupadd deploy
printf 'deploy ALL=(ALL) NOPASSWD:ALL\\n' > ${SUDOERS}.new
chmod 0440 ${SUDOERS}.new
visudo -cqf ${SUDOERS}.new
mv ${SUDOERS}.new ${SUDOERS}
install -d -m 0755 /etc/slipway
[ -e ${MARK} ] || printf 'stack=%s\\nmade_deploy=%s\\n' ${commandLine([stack])} $made > ${MARK}
grep -qF ${commandLine([deployKey.trim()])} ${KEYS} 2>/dev/null || {
${keysScript([deployKey])}}
`;
}

/** Lets these keys log in as `deploy`, beside those that stood there before. @param keys lines of authorized_keys */
export function keysScript(keys: readonly string[]): string {
  return `install -d -m 0700 -o deploy -g deploy /home/deploy/.ssh
touch ${KEYS}
{ ${WITHOUT_BLOCK} ${KEYS}; cat <<'END'
${BEGIN}
${keys.map((key) => key.trim()).join("\n")}
${END}
END
} > ${KEYS}.new
chown deploy:deploy ${KEYS}.new
chmod 0600 ${KEYS}.new
mv ${KEYS}.new ${KEYS}
`;
}

/** Lets the machine go: the stack's keys, the right to do everything, and the user if it was made for the stack. */
export const letGoText = `if [ -e ${KEYS} ]; then sed -i '/^# slipway: begin/,/^# slipway: end/d' ${KEYS}; fi
rm -f ${SUDOERS}
if grep -qsx made_deploy=yes ${MARK}; then
  loginctl terminate-user deploy 2>/dev/null || true
  userdel --force --remove deploy 2>/dev/null || true
fi
rm -f ${MARK}`;

/** Ends with 0 if the address that comes first lies in one of the networks behind it. */
export const COVERS =
  'my ($address, @networks) = @ARGV; for (@networks) { my ($base, $bits) = split m{/}; for my $kind (AF_INET, AF_INET6) { my ($one, $other) = map { inet_pton($kind, $_) } $address, $base; next unless defined $one && defined $other; my $count = $bits // 8 * length $one; exit 0 if unpack("B$count", $one) eq unpack("B$count", $other) } } exit 1';
