/** One machine that was there before Slipway: a stack takes it in, another is its tenant, and in the end it is its owner's again. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { adoptScript } from "../../infra/host/adopt";
import { bareMachine, type ExistingMachine } from "../../scripts/rehearsal/bareMachine";
import { containerAt } from "../../scripts/rehearsal/inventory";
import { Passphrase } from "../../scripts/rehearsal/passphrase";
import { currentSlot } from "../../scripts/stack/slot";
import { ask } from "./support/stack";

const slot = 16;
const api = `http://127.0.0.1:${8480 + 10 * slot}`;
const cache = process.env.SLIPWAY_CACHE ?? join(homedir(), ".cache", "slipway");
const folder = mkdtempSync(join(tmpdir(), "slipway-hosts-"));
const passphrase = Passphrase.make("rehearsal-only");
let machine: ExistingMachine;
let container: string;

async function verb(name: string, stack: string, ...args: string[]) {
  const result = await execa(join("scripts", name), args, {
    env: { SLIPWAY_SANDBOX_SLOT: String(slot), SLIPWAY_STACK_FILE: join(folder, `Pulumi.${stack}.yaml`) },
    reject: false,
    stdin: "ignore",
    all: true,
  });
  return { exitCode: result.exitCode, stdout: String(result.stdout), all: String(result.all) };
}

/** @returns the URL and what was changed */
async function up(stack: string): Promise<{ url: string; changes: string }> {
  const { exitCode, stdout, all } = await verb("up", stack, stack);
  if (exitCode !== 0) throw new Error(all);
  const lines = stdout.trim().split("\n");
  return { changes: lines.at(-2) ?? "", url: lines.at(-1) ?? "" };
}

/** Runs a script as root on the machine, whatever it thinks of visitors. */
async function onMachine(script: string) {
  const result = await execa("docker", ["exec", "-i", container, "bash", "-s"], {
    input: script,
    reject: false,
    all: true,
  });
  return { exitCode: result.exitCode, all: String(result.all).trim() };
}

function writeSettings(stack: string, host: Record<string, unknown>, route: string): void {
  const secret = (value: string) => ({ secure: passphrase.seal(value) });
  const config = {
    "digitalocean:apiEndpoint": api,
    "slipway:host": host,
    ...(host.provider === "existing" ? { "slipway:host.privateKey": secret(machine.privateKey) } : {}),
    "slipway:registry": { server: `10.213.${slot}.2:5000`, username: "slipway" },
    "slipway:registry.password": secret("rehearsal-only"),
    "slipway:tls": { mode: "off" },
    "slipway:apps": {
      notes: {
        folder: "examples/notes",
        routes: [route],
        build: { args: { BASE: "slipway-sandbox/python:3.13" } },
        env: { DJANGO_ALLOWED_HOSTS: route },
        secrets: { SECRET_KEY: "generate" },
      },
    },
  };
  writeFileSync(
    join(folder, `Pulumi.${stack}.yaml`),
    stringify({ encryptionsalt: passphrase.salt, config }, { lineWidth: 0 }),
  );
}

/** What its owner would miss. */
const traces = () =>
  onMachine(
    "cat /etc/ssh/ssh_host_*.pub /root/.ssh/authorized_keys; sshd -T | sort; ls /etc/ssh/sshd_config.d /etc/sudoers.d; getent passwd deploy; iptables -S INPUT",
  );
const databases = async () =>
  (await onMachine("sudo -u postgres psql -Atc 'SELECT datname FROM pg_database ORDER BY 1'")).all.split("\n");
const containers = async () => (await onMachine("docker ps -a --format '{{.Names}}' | sort")).all.split("\n");

beforeAll(async () => {
  // What a run that was cut off has left: the machine it speaks of is gone.
  rmSync(join(cache, "state", String(slot)), { recursive: true, force: true });
  writeSettings("none", {}, "none.localhost");
  await verb("sandbox", "none", "stop", "--purge");
  await verb("sandbox", "none", "start");
  machine = await bareMachine(currentSlot({ SLIPWAY_SANDBOX_SLOT: String(slot) }));
  container = await containerAt(machine.address, slot);
});
afterAll(async () => {
  for (const stack of ["pr-7", "main"]) await verb("down", stack, stack);
  await verb("sandbox", "none", "stop", "--purge");
  rmSync(folder, { recursive: true, force: true });
});

describe("a machine that is there already", () => {
  let found: string;

  it("is refused before anything is changed if it is no Debian 13, or the firewall would shut its owner out", async () => {
    found = (await traces()).all;
    const adoption = { stack: "slipway/main", deployKey: "ssh-ed25519 AAAA", sshFrom: ["203.0.113.0/24"] };
    const script = adoptScript(adoption);
    const other = await onMachine(`printf 'ID=ubuntu\\nVERSION_ID="24.04"\\nPRETTY_NAME="Ubuntu 24.04"\\n' > /tmp/other
unshare -m bash -euo pipefail -s <<'OUTER'
mount --bind /tmp/other /etc/os-release
${script}
OUTER`);
    expect(other).toEqual({
      exitCode: 1,
      all: "slipway: this machine runs Ubuntu 24.04; expected Debian 13; nothing was changed",
    });
    const outside = await onMachine(
      `export SSH_CONNECTION='198.51.100.9 1 192.0.2.1 22'\nset -euo pipefail\n${script}`,
    );
    expect(outside.all).toBe(
      "slipway: you are connected from 198.51.100.9, which sshFrom does not cover: the firewall would shut you out; nothing was changed",
    );
    const inside = "export SSH_CONNECTION='203.0.113.9 1 192.0.2.1 22'\nset -euo pipefail\n";
    const withSites = await onMachine(`cp -a /etc/caddy/Caddyfile /tmp/debians
echo 'example.com' > /etc/caddy/Caddyfile
trap 'mv /tmp/debians /etc/caddy/Caddyfile' EXIT
${inside}${script}`);
    expect(withSites.all).toContain("Caddy has sites of its own (/etc/caddy/Caddyfile), which would go off the air");
    const server = "IO::Socket::INET->new(Listen => 1, LocalPort => 443) or die; sleep 60";
    const withServer = await onMachine(`perl -MIO::Socket::INET -e '$s = ${server}' & trap 'kill $!' EXIT
until ss -Htln 'sport = :443' | grep -q .; do sleep 0.05; done
${inside}${script}`);
    expect(withServer.all).toMatch(
      /^slipway: something listens on port 443 already \(.*"perl".*\), .*; stop it first; /,
    );
    expect((await traces()).all).toBe(found);
  });

  it("becomes a host that runs the app, its owner's way in as it was", async () => {
    writeSettings(
      "main",
      {
        provider: "existing",
        address: machine.address,
        hostKey: machine.hostKey,
        sshFrom: [`10.213.${slot}.0/24`],
      },
      "notes.localhost",
    );
    expect((await ask((await up("main")).url)).status).toBe(200);
    const { all } = await traces();
    for (const line of found.split("\n").filter((text) => /^(ssh-|ecdsa-|permitrootlogin)/.test(text)))
      expect(all).toContain(line);
  });

  it("takes a tenant with an app, a database and a name of its own, and neither changes the other", async () => {
    writeSettings("pr-7", { provider: "stack", stack: "main" }, "pr-7.localhost");
    const tenant = await up("pr-7");
    expect((await ask(tenant.url)).status).toBe(200);
    expect(await containers()).toEqual(["notes-pr-7-r1-web-1", "notes-r1-web-1"]);
    expect(await databases()).toEqual(expect.arrayContaining(["notes", "notes_pr_7"]));
    expect((await up("pr-7")).changes).toBe("0 changes");
    const drift = await verb("drift", "pr-7", "pr-7");
    expect([drift.exitCode, drift.stdout.trim()]).toEqual([0, "the host is what stack pr-7 said"]);
  });

  it("gives the tenant the smaller share of the machine's Postgres", async () => {
    const limits = "SELECT rolname, rolconnlimit FROM pg_roles WHERE rolname LIKE 'notes%' ORDER BY 1";
    expect((await onMachine(`sudo -u postgres psql -XqAtc "${limits}"`)).all).toBe("notes|58\nnotes_pr_7|14");
  });

  it("has no app reach another's containers or loopback, nor the cloud's metadata, and no neighbour past the edge, on whatever link", async () => {
    const { all } = await onMachine(`set -u
address() { docker inspect -f '{{range .NetworkSettings.Networks}}{{.'$2'}}{{end}}' $1; }
port() { docker port $1 8000 | head -n 1 | sed 's/.*://'; }
knock() { timeout 2 bash -c "exec 3<>/dev/tcp/$2/$3" 2>/dev/null && echo "$1 open" || echo "$1 shut"; }
export -f knock
web=$(address notes-r1-web-1 IPAddress)
tenant=$(docker inspect -f '{{.State.Pid}}' notes-pr-7-r1-web-1)
gateway=$(address notes-pr-7-r1-web-1 Gateway)
inside() { nsenter -t $tenant -n bash -c "knock $*"; }
inside own-database 172.29.0.1 5432
inside other-app $web 8000
inside bridge-of-other $gateway $(port notes-r1-web-1)
inside metadata 169.254.169.254 80
nsenter -t $tenant -n sysctl -qw net.ipv4.conf.all.route_localnet=1
nsenter -t $tenant -n ip address del 127.0.0.1/8 dev lo
nsenter -t $tenant -n ip route add 127.0.0.0/8 via $gateway
inside edge-by-loopback 127.0.0.1 80
inside app-by-loopback 127.0.0.1 $(port notes-r1-web-1)
inside database-by-loopback 127.0.0.1 5432
inside admin-by-loopback 127.0.0.1 2019
nsenter -t $tenant -n ip route del 127.0.0.0/8 via $gateway
nsenter -t $tenant -n ip address add 127.0.0.1/8 dev lo
ip netns add neighbour
ip link add next0 type veth peer name next1 netns neighbour
sysctl -qw net.ipv6.conf.all.disable_ipv6=0
ip address add 198.51.100.1/24 dev next0
ip address add 2001:db8:9::1/64 dev next0 nodad
ip link set next0 up
next() { ip netns exec neighbour "$@"; }
next sysctl -qw net.ipv6.conf.all.disable_ipv6=0
next ip address add 198.51.100.2/24 dev next1
next ip address add 2001:db8:9::2/64 dev next1 nodad
next ip link set next1 up
next ip route add default via 198.51.100.1
next ip -6 route add default via 2001:db8:9::1
from() { next bash -c "knock $*"; }
sleep 1
from edge 198.51.100.1 80
from edge-v6 2001:db8:9::1 80
from app $web 8000
from ssh 198.51.100.1 22
from ssh-v6 2001:db8:9::1 22
from postgres 172.29.0.1 5432
from postgres-here 198.51.100.1 5432
ip netns del neighbour
sysctl -qw net.ipv6.conf.all.disable_ipv6=1`);
    expect(all.split("\n")).toEqual([
      "own-database open",
      "other-app shut",
      "bridge-of-other shut",
      "metadata shut",
      "edge-by-loopback open",
      "app-by-loopback shut",
      "database-by-loopback shut",
      "admin-by-loopback shut",
      "edge open",
      "edge-v6 open",
      "app shut",
      "ssh shut",
      "ssh-v6 shut",
      "postgres shut",
      "postgres-here shut",
    ]);
  });

  it("has its firewall in force before the first link, with no route and none to come", async () => {
    const { exitCode, all } = await onMachine(`set -e
systemctl show -P Before slipway-firewall | tr ' ' '\n' | grep -x network-pre.target
unshare -n bash -c '/bin/bash /etc/slipway/firewall.sh && for tables in iptables ip6tables; do $tables -S INPUT; $tables -S SLIPWAY-INPUT | tail -n 1; $tables -S SLIPWAY-FORWARD | tail -n 1; done'`);
    expect([exitCode, all.split("\n")]).toEqual([
      0,
      [
        "network-pre.target",
        ...["-P INPUT ACCEPT", "-A INPUT -j SLIPWAY-INPUT", "-A SLIPWAY-INPUT -j DROP"],
        "-A SLIPWAY-FORWARD -d 172.29.0.0/16 -j DROP",
        ...["-P INPUT ACCEPT", "-A INPUT -j SLIPWAY-INPUT", "-A SLIPWAY-INPUT -j DROP"],
        "-A SLIPWAY-FORWARD -o br-+ -j DROP",
      ],
    ]);
  });

  it("lets no stack touch another's app, and says whose it is", async () => {
    const refused = await onMachine("slipway remove notes --stack slipway/pr-7");
    expect(refused.exitCode).toBe(1);
    expect(refused.all).toContain(
      "app notes on this host belongs to stack slipway/main; stack slipway/pr-7 leaves it alone",
    );
  });

  it("can't be let go while it has a tenant, and loses nothing by the attempt", async () => {
    const refused = await verb("down", "main", "main");
    expect(refused.exitCode).toBe(1);
    expect(refused.all).toContain(
      "this host has tenants, who would lose their apps and data with it: app notes-pr-7 of stack slipway/pr-7. Destroy slipway/pr-7 first",
    );
    expect(await containers()).toEqual(["notes-pr-7-r1-web-1", "notes-r1-web-1"]);
    expect((await up("main")).changes).toBe("0 changes");
  });

  it("can't be let go while it doesn't say whether it has one, either", async () => {
    await onMachine("iptables -I INPUT 1 -p tcp --dport 22 -j DROP");
    const refused = await verb("down", "main", "main");
    await onMachine("iptables -D INPUT -p tcp --dport 22 -j DROP");
    expect(refused.exitCode).toBe(1);
    expect(refused.all).toContain(
      `nobody can tell whether other stacks have apps on the machine ${machine.address}, who would lose them`,
    );
    expect(await containers()).toEqual(["notes-pr-7-r1-web-1", "notes-r1-web-1"]);
    expect((await up("main")).changes).toBe("0 changes");
  });

  it("loses nothing but the tenant's own when the tenant goes", async () => {
    expect((await verb("down", "pr-7", "pr-7")).all).toContain("The sandbox goes on");
    expect(await containers()).toEqual(["notes-r1-web-1"]);
    expect(await databases()).not.toContain("notes_pr_7");
    expect(
      (await onMachine("docker volume ls -q; ls /var/lib/slipway/apps; ls /var/lib/slipway/edge")).all,
    ).not.toContain("pr-7");
    expect((await up("main")).changes).toBe("0 changes");
  });

  it("is its owner's again when the stack goes, the app stopped, the data kept", async () => {
    expect((await verb("down", "main", "main")).all).toContain("The sandbox goes on");
    expect((await traces()).all).toBe(found);
    expect(await containers()).toEqual([""]);
    expect(await databases()).toContain("notes");
  });
});
