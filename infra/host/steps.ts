/** Scripts that make a bare Debian 13 into a host. Each can be repeated, and does nothing where nothing is due. */
import { dirname } from "node:path";
import { appNetworks, defaultBridge } from "../network/addresses";

/** Debian's packages that a host is made of: one source of updates. */
export const packages = [
  "caddy",
  "ca-certificates",
  "docker-cli",
  "docker-compose",
  "docker.io",
  "iptables",
  "nodejs",
  "postgresql",
  "unattended-upgrades",
] as const;

/**
 * First contact: makes the machine's lasting host key and prints its public half. sshd keeps the first key beside it
 * until the lasting one has been recorded, so that an interruption in between leaves a machine that can be reached.
 */
export function firstContactScript(): string {
  return `cloud-init status --wait >/dev/null 2>&1 || true
key=/etc/ssh/slipway_host_ed25519_key
[ -f $key ] || { ssh-keygen -q -t ed25519 -N '' -C '' -f $key.new && mv $key.new.pub $key.pub && mv $key.new $key; }
cat > /etc/ssh/sshd_config.d/10-slipway-host-key.conf <<'END'
HostKey /etc/ssh/slipway_host_ed25519_key
HostKey /etc/ssh/ssh_host_ecdsa_key
END
sshd -t
systemctl reload ssh
cut -d ' ' -f 1,2 $key.pub
`;
}

/** Closes what only first contact needed: the key from user data, root's login, passwords. */
export function sshdScript(): string {
  return `cat > /etc/ssh/sshd_config.d/10-slipway-host-key.conf <<'END'
HostKey /etc/ssh/slipway_host_ed25519_key
END
cat > /etc/ssh/sshd_config.d/20-slipway.conf <<'END'
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
END
sshd -t
systemctl reload ssh
rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub
`;
}

/** Installs what is missing of \`packages\`, and lets Debian's security updates come by themselves. */
export function packagesScript(): string {
  return `export DEBIAN_FRONTEND=noninteractive
missing=()
for package in ${packages.join(" ")}; do
  status=$(dpkg-query -W -f='\${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
if [ \${#missing[@]} -gt 0 ]; then
  apt-get -q -o DPkg::Lock::Timeout=600 update
  apt-get -q -y -o DPkg::Lock::Timeout=600 install --no-install-recommends "\${missing[@]}"
fi
cat > /etc/apt/apt.conf.d/20auto-upgrades <<'END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
END
`;
}

/** Text of Docker's daemon.json: the engine's addresses and log rotation. */
export const dockerSettings = JSON.stringify(
  {
    bip: defaultBridge,
    "default-address-pools": [appNetworks],
    "live-restore": true,
    // Without helper processes of its own in the way, containers stay reachable while the engine is down.
    "userland-proxy": false,
    "log-driver": "json-file",
    "log-opts": { "max-size": "10m", "max-file": "3" },
  },
  null,
  2,
);

/** Settles what `dockerSettings` says; restarts the engine only when that changes. */
export function dockerScript(): string {
  return `install -d -m 0755 /etc/docker
cat > /etc/docker/daemon.json.new <<'END'
${dockerSettings}
END
if ! cmp -s /etc/docker/daemon.json.new /etc/docker/daemon.json; then
  mv /etc/docker/daemon.json.new /etc/docker/daemon.json
  systemctl restart docker
fi
rm -f /etc/docker/daemon.json.new
systemctl enable --quiet --now docker
docker info --format '{{.ServerVersion}}'
`;
}

/** Lets exactly these keys log in as `deploy`. @param keys lines of authorized_keys */
export function teamScript(keys: readonly string[]): string {
  return `install -d -m 0700 -o deploy -g deploy /home/deploy/.ssh
cat > /home/deploy/.ssh/authorized_keys.new <<'END'
${keys.map((key) => key.trim()).join("\n")}
END
chown deploy:deploy /home/deploy/.ssh/authorized_keys.new
chmod 0600 /home/deploy/.ssh/authorized_keys.new
mv /home/deploy/.ssh/authorized_keys.new /home/deploy/.ssh/authorized_keys
`;
}

/** Where the release engine's bundle lands before it is installed. */
export const agentUpload = "/home/deploy/.slipway-agent";

/** Where the release engine's bundle is installed. */
export const agentBundle = "/usr/local/lib/slipway/slipway.js";

/**
 * Installs the uploaded release engine if it is the one that was sent; it brings its command and its unit itself. A release under way
 * goes on with the bundle it began with.
 * @param sha256 of the bundle, hexadecimal
 */
export function agentScript(sha256: string): string {
  return `printf '%s  %s\\n' ${sha256} ${agentUpload} | sha256sum --check --quiet
install -d -m 0755 -o root -g root ${dirname(agentBundle)}
install -m 0755 -o root -g root ${agentUpload} ${agentBundle}.new
mv ${agentBundle}.new ${agentBundle}
node ${agentBundle} setup
slipway --version
`;
}
