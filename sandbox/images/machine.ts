import { aptInstall, type Recipe } from "./recipe";

/** What a cloud's own Debian image holds before anyone has touched it. */
const cloudPackages = [
  "systemd",
  "systemd-sysv",
  "libpam-systemd",
  "dbus",
  "cloud-init",
  "openssh-server",
  "sudo",
  "iptables",
  "nftables",
  "e2fsprogs",
  "iproute2",
  "iputils-ping",
  "procps",
  "kmod",
  "netbase",
  "curl",
  "gnupg",
  "less",
  "logrotate",
];

/** What a first bootstrap installs; a golden image has it already. */
const goldenPackages = [
  "docker.io",
  "docker-cli",
  "docker-buildx",
  "docker-compose",
  "caddy",
  "postgresql",
  "nodejs",
  "unattended-upgrades",
];

const cloudConfig = `# As clouds set up their images: root logs in with the keys that the order named, and there is no other user.
datasource_list: [NoCloud, None]
disable_root: false
users: []
# The address comes from outside, before the system boots.
network: { config: disabled }
`;

/** PID 1 until the cloud's side (firewall, further addresses) is in place. */
const power = `#!/bin/sh
until [ -e /run/sandbox-power ]; do sleep 0.02; done
exec /sbin/init "$@"
`;

/** What a container lacks beside a virtual machine, mended at each boot, before the machine's own engine starts. */
const ground = `#!/bin/sh
if [ -e /etc/sandbox/resolv.conf ]; then cat /etc/sandbox/resolv.conf >/etc/resolv.conf; fi
if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then
  for tree in cpu cpuacct cpuset memory devices freezer blkio pids systemd; do
    if [ -d /sys/fs/cgroup/$tree ]; then mount -o remount,bind,rw /sys/fs/cgroup/$tree; fi
  done
fi
if [ ! -w /proc/sys/net/ipv4/ip_forward ]; then mount -o remount,bind,rw /proc/sys; fi
if [ -e /proc/sys/net/ipv6/conf/lo/disable_ipv6 ]; then echo 0 >/proc/sys/net/ipv6/conf/lo/disable_ipv6; fi
`;

const groundUnit = `[Unit]
Description=Ground for a machine inside a container
DefaultDependencies=no
Before=sysinit.target cloud-init-local.service systemd-sysctl.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/sandbox/ground
[Install]
WantedBy=sysinit.target
`;

const snakeoilUnit = `[Unit]
Description=This machine's own self-signed certificate
ConditionPathExists=!/etc/ssl/private/ssl-cert-snakeoil.key
DefaultDependencies=no
After=systemd-remount-fs.service
Before=postgresql.service postgresql@17-main.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/make-ssl-cert generate-default-snakeoil --force-overwrite
[Install]
WantedBy=sysinit.target
`;

/** Packages ask this whether they may start their services; nothing runs while an image is built. */
const noServices = ["printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d", "chmod 755 /usr/sbin/policy-rc.d"];

/** A machine must not share these with any other. */
const forgetHost = [
  "rm -f /usr/sbin/policy-rc.d /etc/ssh/ssh_host_* /etc/ssl/private/ssl-cert-snakeoil.key /var/lib/systemd/random-seed",
  ": >/etc/machine-id",
  // systemd would take the id that is left here.
  "ln -sf /etc/machine-id /var/lib/dbus/machine-id",
];

/** A machine as the cloud hands it out: systemd, cloud-init, sshd. */
export function bareRecipe(base: string): Recipe {
  const steps = [
    `FROM ${base}`,
    aptInstall(cloudPackages, {
      before: [
        ...noServices,
        // Updates and security fixes come from beside wherever the release itself came from.
        `sed -n 's|^deb \\(.*\\)/debian/\\{0,1\\} \\([a-z]*\\) main.*|deb \\1/debian \\2-updates main\\ndeb \\1/debian-security \\2-security main|p' /etc/apt/sources.list >/etc/apt/sources.list.d/updates.list`,
        "{ apt-get update -q || rm /etc/apt/sources.list.d/updates.list; }",
      ],
      after: ["echo LANG=C.UTF-8 >/etc/default/locale", ...forgetHost],
    }),
    "COPY 90_cloud.cfg /etc/cloud/cloud.cfg.d/90_cloud.cfg",
    "COPY power ground /usr/local/lib/sandbox/",
    "COPY sandbox-ground.service /etc/systemd/system/",
    "RUN systemctl enable sandbox-ground.service",
    "STOPSIGNAL SIGRTMIN+3",
  ];
  return {
    name: "machine-bare",
    title: "bare machine image (systemd, cloud-init, sshd)",
    dockerfile: `${steps.join("\n")}\n`,
    files: {
      "90_cloud.cfg": { content: cloudConfig },
      power: { content: power, mode: 0o755 },
      ground: { content: ground, mode: 0o755 },
      "sandbox-ground.service": { content: groundUnit },
    },
    tags: [],
  };
}

/** A machine with the packages of a first bootstrap. */
export function goldenRecipe(bare: string): Recipe {
  const steps = [
    `FROM ${bare}`,
    aptInstall(goldenPackages, { before: noServices, after: forgetHost }),
    "COPY sandbox-snakeoil.service /etc/systemd/system/",
    "RUN systemctl enable sandbox-snakeoil.service",
  ];
  return {
    name: "machine",
    title: "golden machine image (docker, caddy, postgresql, nodejs)",
    dockerfile: `${steps.join("\n")}\n`,
    files: { "sandbox-snakeoil.service": { content: snakeoilUnit } },
    tags: [],
  };
}
