/** A stack on a Linode with a managed Postgres: the same app and settings as on a droplet, another provider; one step after another. */
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(10);
let url = "";
/** Who was let into the cluster before that was changed by hand. */
let opened: string[] | undefined;
const managed = { mode: "managed", size: "g6-nanode-1", maintenance: { day: "sunday", hour: 3 } };
const plain = { ...process.env, NO_COLOR: "1" } as Record<string, string>;

beforeAll(async () => {
  stack.configure((settings) => {
    settings.deleteIn(["config", "digitalocean:apiEndpoint"]);
    settings.setIn(["config", "linode:url"], "http://127.0.0.1:8480");
    settings.setIn(["config", "slipway:host"], {
      provider: "linode",
      region: "eu-central",
      size: "g6-standard-1",
      sshFrom: ["10.213.0.0/16"],
    });
    settings.setIn(["config", "slipway:database"], managed);
  });
  await stack.verb("down");
  await stack.verb("sandbox", ["start"]);
});
afterAll(() => stack.remove());

const linodes = async () =>
  (await stack.cloud("/v4/linode/instances")).data as unknown as {
    id: number;
    label: string;
    type: string;
    status: string;
    ipv4: string[];
  }[];
const clusters = async () =>
  (await stack.cloud("/v4/databases/postgresql/instances")).data as unknown as {
    id: number;
    label: string;
    port: number;
    hosts: { primary: string };
    allow_list: string[];
  }[];
const release = async () => Number(/id="release">(\d+)</.exec((await ask(url)).body)?.[1]);
const refresh = () => stack.verb("pulumi", ["refresh", "--yes", "--skip-preview", "--expect-no-changes"], plain);
/** What Python says in the app's container, where `sql` asks its database. */
const inApp = (python: string) =>
  stack.onMachine(
    "bash",
    "-c",
    'docker exec $(docker ps -q --filter label=slipway.process=web) python -c "$1"',
    "bash",
    `import os, psycopg
def sql(text): return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True).execute(text)
${python}`,
  );
const size = (type: string) => stack.configure((settings) => settings.setIn(["config", "slipway:host", "size"], type));

describe("a stack on a Linode", () => {
  it("whose orders are carried out while their answers are lost is mended by the next runs, without a second machine or cluster", async () => {
    await stack.control("POST", "faults", { kind: "lost", path: "/v4/linode/instances", method: "POST", times: 1 });
    const lost = await stack.verb("up");
    expect(lost.exitCode).not.toBe(0);
    expect(lost.all).toContain("[400] [label] Label must be unique among your linodes");
    expect(lost.stderr).toMatch(
      /Linode did not create Instance .*\n +mend: there is one of that name .* linode-cli linodes list$/,
    );
    const path = "/v4/databases/postgresql/instances";
    await stack.control("POST", "faults", { kind: "lost", path, method: "POST", times: 1 });
    const again = await stack.verb("up");
    expect(again.all).toContain("Instance slipway-dev was made by a run that was cut off");
    expect(again.exitCode).not.toBe(0);
    expect(again.all).toContain("[400] [label] Label must be unique among your databases");
    const mended = await stack.verb("up");
    expect(mended.all).toContain("DatabasePostgresqlV2 slipway-dev was made by a run that was cut off");
    expect(mended.exitCode, mended.all).toBe(0);
    url = mended.stdout.trim().split("\n").at(-1) ?? "";
    expect([await linodes(), await clusters()].map(({ length }) => length)).toEqual([1, 1]);
  });

  it("answers at its URL, and from outside on 22 and 80 only", async () => {
    expect(url).toMatch(/^http:\/\/notes\.localhost:\d+\/$/);
    expect(await release()).toBe(1);
    const [machine] = await linodes();
    expect(machine).toMatchObject({ label: "slipway-dev", type: "g6-standard-1", status: "running" });
    const open: number[] = [];
    for (const port of [22, 80, 443, 2375, 5432, 8000]) {
      const probe = `exec 3<>/dev/tcp/${machine?.ipv4[0]}/${port}`;
      if ((await execa("timeout", ["1", "bash", "-c", probe], { reject: false })).exitCode === 0) open.push(port);
    }
    expect(open).toEqual([22, 80]);
  });

  it("has no password of root's, no login of root's, and no host key of first contact, in state or machine", async () => {
    const state = stack.state();
    expect(state).toContain("linode:index/instance:Instance");
    expect(state).not.toMatch(/"rootPass": "[^"]|BEGIN OPENSSH PRIVATE KEY/);
    // User data, in the form that Linode takes it.
    expect(state).not.toContain(Buffer.from("#cloud-config\n").toString("base64").slice(0, 18));
    const sshd = await stack.onMachine("sshd", "-T");
    expect(sshd).toContain("permitrootlogin no");
    expect(sshd).toContain("passwordauthentication no");
    expect(await stack.onMachine("bash", "-c", "ls /etc/ssh")).not.toContain("ssh_host_ecdsa_key");
  });

  it("is not changed by a second run, nor has a refresh any news", async () => {
    expect((await stack.up()).changes).toBe("0 changes");
    const refreshed = await refresh();
    expect(refreshed.all).toMatch(/\d+ unchanged/);
    expect(refreshed.exitCode).toBe(0);
  });

  it("has its data in a cluster that its machine reaches, by TLS whose authority is checked, and nobody else", async () => {
    const [cluster] = await clusters();
    const [machine] = await linodes();
    expect(cluster).toMatchObject({ label: "slipway-dev" });
    expect(cluster?.allow_list).toContain(`${machine?.ipv4[0]}/32`);
    const who = "SELECT ssl, current_user, host(inet_server_addr()) FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    const [seen, asked] = (await inApp(`print(*sql("${who}"))\nprint(os.environ["DATABASE_URL"])`)).split("\n");
    expect(seen).toBe(`(True, 'notes', '${cluster?.hosts.primary}')`);
    expect(asked).toMatch(/\?sslmode=verify-full&sslrootcert=\/etc\/slipway\/authorities\/\w+\.crt$/);
    const knock = `exec 3<>/dev/tcp/${cluster?.hosts.primary}/${cluster?.port}`;
    expect(await stack.onMachine("timeout", "2", "bash", "-c", `${knock} && echo open`)).toBe("open");
    expect((await execa("timeout", ["2", "bash", "-c", knock], { reject: false })).exitCode).toBe(124);
  });

  it("shows a change made by hand in a refresh, and the next run takes it back", async () => {
    const [cluster] = await clusters();
    const before = cluster?.allow_list;
    const path = `/v4/databases/postgresql/instances/${cluster?.id}`;
    await stack.cloud(path, { method: "PUT", body: { allow_list: ["0.0.0.0/0"] } });
    const refreshed = await refresh();
    expect(refreshed.exitCode).not.toBe(0);
    expect(refreshed.all).toMatch(/DatabasePostgresqlV2[^\n]*(updated|\[diff: ~allowLists)/);
    // The next step's run, of another size, is the one that takes it back.
    opened = before;
  });

  it("takes a change of the app and a larger type in place, and a smaller one back", async () => {
    const [before] = await linodes();
    stack.edit("board/templates/board/board.html", (text) => text.replace("<h1>", "<h1>Linode: "));
    size("g6-standard-2");
    await stack.up();
    expect((await clusters())[0]?.allow_list).toEqual(opened);
    expect((await ask(url)).body).toContain("Linode: ");
    expect(await linodes()).toEqual([expect.objectContaining({ id: before?.id, type: "g6-standard-2" })]);
    size("g6-standard-1");
    expect((await stack.up()).changes).toBe("1 change: 1 update");
    expect(await linodes()).toEqual([
      expect.objectContaining({ id: before?.id, type: "g6-standard-1", status: "running" }),
    ]);
  });

  it("is replaced for another region, not moved; its cluster can't be either, and has to stay where it is", async () => {
    const preview = () => stack.verb("pulumi", ["preview", "--diff"], plain);
    const region = (path: readonly string[], name: string) =>
      stack.configure((settings) => settings.setIn(["config", ...path, "region"], name));
    region(["slipway:host"], "us-east");
    expect((await preview()).all).toContain(
      "slipway:database.region: cluster slipway-dev is in eu-central, and linode",
    );
    region(["slipway:database"], "eu-central");
    const { all } = await preview();
    expect(all).toMatch(/-\+ linode:index\/instance:Instance|linode:index\/instance:Instance: \(replace\)/);
    expect(all).not.toMatch(/DatabasePostgresqlV2: \((replace|delete|create)/);
    region(["slipway:host"], "eu-central");
  });

  it("carries its data over to the machine's own Postgres, counted on both sides", async () => {
    await inApp("sql(\"INSERT INTO board_note (text, written) SELECT 'row', now() FROM generate_series(1, 300)\")");
    stack.configure((settings) => settings.setIn(["config", "slipway:database"], { mode: "host", from: managed }));
    const moved = await stack.verb("up");
    expect(moved.exitCode, moved.all).toBe(0);
    expect(moved.all).toMatch(
      /move the database .*from managed: 2 tables with 301 rows and 2 sequences, the same on both/,
    );
    expect(await inApp("print(*sql('SELECT count(*), host(inet_server_addr()) FROM board_note'))")).toBe(
      "(300, '172.29.0.1')",
    );
  });

  it("goes without a trace", async () => {
    expect((await stack.verb("down")).exitCode).toBe(0);
    const left = await stack.docker("ps", "--all", "--quiet", "--filter", `label=slipway.sandbox=${stack.slot}`);
    expect(left).toEqual([]);
  });
});
