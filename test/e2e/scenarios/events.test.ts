/** Instances of one app under paths of a host name, on the machine's own Postgres: examples/events as its page in docs/ promises it. */
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { registryLogin } from "../../../sandbox/registry/registry";
import { answersAt } from "../../../scripts/rehearsal/knock";
import { sendForm } from "../support/form";
import { ask, TestStack } from "../support/stack";

const stack = new TestStack(20, "events");
const titles = { event1: "Spring regatta", event2: "Autumn regatta" };
let origin = "";
const at = (path: string) => new URL(path, origin).href;

beforeAll(async () => {
  await stack.discard();
  origin = new URL((await stack.up()).url).origin;
});
afterAll(() => stack.end());

/** A variable that the live release of an instance runs with. */
const variable = (app: string, name: string) =>
  stack.onMachine("bash", "-c", `docker exec $(docker ps -q --filter label=slipway.app=${app}) printenv ${name}`);
/** What Python says in the container of an instance. */
const inApp = async (app: string, ...lines: string[]) =>
  (await stack.sh(`docker exec -i $(docker ps -q --filter label=slipway.app=${app}) python -`, lines.join("\n"))).all;

it("each instance stands under its own path, with links, static files and cookies below it", async () => {
  for (const [name, title] of Object.entries(titles)) {
    const page = await ask(at(`/${name}/`));
    expect(page.body).toContain(`<h1>${title}</h1>`);
    expect(page.body).toContain(`action="/${name}/"`);
    expect(String(page.headers["set-cookie"])).toContain(`Path=/${name}/`);
    const css = new RegExp(`href="(/${name}/static/signup/signup\\.[0-9a-f]+\\.css)"`).exec(page.body)?.[1] ?? "none";
    expect((await ask(at(css))).body).toContain("color-scheme");
  }
  expect((await ask(at("/event3/"))).status).toBe(404);
});

it("each instance has its own guests, secrets and database", async () => {
  const guest = { name: "Ana", email: "ana@example.com", friends: "2" };
  expect((await sendForm(at("/event1/"), guest)).headers.location).toBe("/event1/");
  expect((await ask(at("/event1/"))).body).toContain('<strong id="coming">3</strong>');
  expect((await ask(at("/event2/"))).body).toContain('<strong id="coming">0</strong>');
  const [one, two] = await Promise.all(Object.keys(titles).map((name) => variable(name, "SECRET_KEY")));
  expect([one, two]).toEqual([expect.stringMatching(/^\w{32,}$/), expect.stringMatching(/^\w{32,}$/)]);
  expect(one).not.toBe(two);
});

it("Postgres is the machine's own: its instances' containers reach it, each its own database, and nobody from outside", async () => {
  expect(await stack.onMachine("bash", "-c", "systemctl is-active postgresql")).toBe("active");
  const connect = (database: string) => [
    "import os, psycopg",
    "login = {key: os.environ['DB_' + name] for key, name in dict(host='HOST', user='USER', password='PASSWORD').items()}",
    `try: print(*psycopg.connect(dbname='${database}', **login).execute('SELECT current_user, current_database()').fetchone())`,
    "except psycopg.Error as error: print(error)",
  ];
  expect(await inApp("event1", ...connect("event1"))).toBe("event1 event1");
  expect(await inApp("event1", ...connect("event2"))).toMatch(/FATAL:.*(no pg_hba\.conf entry|permission denied)/);

  const [droplet] = (await stack.cloud("/v2/droplets")).droplets as unknown as {
    networks: { v4: { ip_address: string; type: string }[] };
  }[];
  const address = droplet?.networks.v4.find(({ type }) => type === "public")?.ip_address ?? "none";
  const ports = [22, 80, 443, 2375, 2376, 2377, 5432, 8000, 20000];
  const answers = await Promise.all(ports.map((port) => answersAt(address, port, 3_000)));
  expect(ports.filter((_, index) => answers[index])).toEqual([22, 80]);
});

it("no Docker API is on a network", async () => {
  const listening = (await stack.onMachine("ss", "-Hltnp")).split("\n");
  expect(listening.some((line) => line.includes("postgres"))).toBe(true);
  expect(listening.filter((line) => /dockerd|containerd/.test(line) && !/(127\.0\.0\.1|\[::1\]):/.test(line))).toEqual(
    [],
  );
  expect(await stack.onMachine("stat", "-c", "%a %U %G", "/run/docker.sock")).toBe("660 root docker");
});

it("of secrets the machine holds what runs, for root alone: no login to the registry, no key of the stack", async () => {
  const folders = "/etc /root /home /opt /srv /usr/local /run /var/lib/slipway /var/lib/cloud /var/log /var/tmp /tmp";
  const filesWith = async (text: string) => {
    // The text goes in by standard input, lest it be found on the way.
    const { all } = await stack.sh(`grep -rlIsF -f - ${folders}`, text);
    return all.split("\n").filter((line) => line !== "");
  };
  const own = await filesWith(await variable("event1", "SECRET_KEY"));
  expect(own.length).toBeGreaterThan(0);
  // Slipway's own file, and what the engine keeps of a running container.
  for (const file of own) {
    expect(file).toMatch(/^(\/var\/lib\/slipway\/apps\/event1|\/run\/containerd\/.*\/moby)\//);
    expect([file, (await stack.sh(`runuser -u nobody -- cat ${file}`)).exitCode]).toEqual([file, 1]);
  }
  expect(await filesWith(registryLogin.password)).toEqual([]);
  const login = Buffer.from(`${registryLogin.username}:${registryLogin.password}`).toString("base64");
  expect(await filesWith(login)).toEqual([]);
  // A line from the key's middle, which is in no other key.
  const line = (await stack.output<string>("deployKey")).split("\n")[3] ?? "";
  expect(line).toMatch(/^[\w+/=]{30,}$/);
  expect(await filesWith(line)).toEqual([]);
});

it("a release is known by its commit and runs by digest, which no later push can change", async () => {
  const [row] = JSON.parse(await stack.onMachine("slipway", "releases", "event1", "--json")) as {
    commit?: string;
    images: Record<string, string>;
  }[];
  const digest = row?.images.web ?? "";
  expect(digest).toMatch(/@sha256:[0-9a-f]{64}$/);
  const running = "docker inspect $(docker ps -q --filter label=slipway.app=event1) --format '{{.Config.Image}}'";
  expect((await stack.sh(running)).all).toBe(digest);
  const { stdout: commit } = await execa("git", ["rev-parse", "HEAD"], { reject: false });
  if (commit !== "") expect(row?.commit).toContain(commit.slice(0, 7));
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
