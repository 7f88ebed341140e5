/** Instances of one app under paths of a host name, on the machine's own Postgres: examples/events as its page in docs/ promises it. */
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, TestStack } from "../support/stack";

const stack = new TestStack(20, "events");
const instances = ["event1", "event2"] as const;
let origin = "";
const at = (path: string) => new URL(path, origin).href;

beforeAll(async () => {
  await stack.verb("down", [stack.name]);
  origin = new URL((await stack.up()).url).origin;
});
afterAll(() => stack.remove());

it("each instance stands under its own path, with links, static files and cookies below it", async () => {
  for (const [name, title] of [
    ["event1", "Spring regatta"],
    ["event2", "Autumn regatta"],
  ] as const) {
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
  const keys = await Promise.all(instances.map((name) => variable(name, "SECRET_KEY")));
  expect(new Set(keys).size).toBe(2);
});

it("Postgres is the machine's own and answers its containers alone", async () => {
  const address = /address *(\S+)|(10\.213\.20\.\d+)/.exec((await stack.verb("sandbox", ["status"])).all)?.[2] ?? "";
  for (const port of [5432, 2375, 2376, 2377, 20000]) {
    const { exitCode } = await execa("timeout", ["1", "bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`], {
      reject: false,
    });
    expect([port, exitCode === 0]).toEqual([port, false]);
  }
  const host = await variable("event1", "DB_HOST");
  expect(await stack.onMachine("bash", "-c", "systemctl is-active postgresql")).toBe("active");
  const said = await inContainer(
    "event1",
    `import os, psycopg; print(psycopg.connect(host="${host}", dbname=os.environ["DB_NAME"], user=os.environ["DB_USER"], password=os.environ["DB_PASSWORD"]).info.status.name)`,
  );
  expect(said).toContain("OK");
});

it("no Docker API is on a network", async () => {
  const listening = await stack.onMachine("bash", "-c", "ss -Hltnp | grep -E 'dockerd|containerd' || true");
  expect(listening.split("\n").filter((line) => line !== "" && !/127\.0\.0\.1|\[::1\]/.test(line))).toEqual([]);
});

it("nothing is left on the machine of what the deploy needed: no login to the registry, no key of the stack", async () => {
  const login = "rehearsal-only";
  const folders = "/etc /root /home /var/lib/slipway /var/log /tmp /run/slipway";
  const found = await stack
    .onMachine(
      "bash",
      "-c",
      `printf %s ${login} > /dev/shm/pattern; grep -rIlF -f /dev/shm/pattern ${folders} 2>/dev/null; rm /dev/shm/pattern; ls /root/.docker /home/deploy/.docker 2>/dev/null`,
    )
    .catch(() => "");
  expect(found.trim()).toBe("");
  // What is there by right: the environment of what runs, for root alone.
  const files = await stack.onMachine(
    "bash",
    "-c",
    `grep -rlF "$(sed -n "s/^SECRET_KEY='\\(.*\\)'/\\1/p" /var/lib/slipway/apps/event1/releases/1/env)" ${folders} 2>/dev/null | xargs stat -c '%a %U %n'`,
  );
  for (const line of files.split("\n")) expect(line).toMatch(/^600 root \/var\/lib\/slipway\/apps\/event1\//);
});

it("a release is known by its commit and runs by digest, which no later push can change", async () => {
  const rows = JSON.parse(await stack.onMachine("slipway", "releases", "event1", "--json")) as {
    commit?: string;
    images: Record<string, string>;
  }[];
  const [row] = rows;
  expect(row?.images.web).toMatch(/@sha256:[0-9a-f]{64}$/);
  const { stdout: commit } = await execa("git", ["rev-parse", "HEAD"], { reject: false });
  if (commit !== "") expect(row?.commit).toContain(commit.slice(0, 7));
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});

/** A variable that the live release of an instance runs with. */
async function variable(app: string, name: string): Promise<string> {
  const text = await stack.onMachine("bash", "-c", `cat /var/lib/slipway/apps/${app}/releases/*/env`);
  return new RegExp(`^${name}='?([^'\\n]+)`, "m").exec(text)?.[1] ?? "";
}

/** Runs a line of Python in an instance's container. */
function inContainer(app: string, program: string): Promise<string> {
  return stack.onMachine(
    "bash",
    "-c",
    `docker exec -i $(docker ps -q --filter label=slipway.app=${app}) python - <<'PROGRAM' 2>&1\n${program}\nPROGRAM`,
  );
}
