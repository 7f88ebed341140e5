/** People who are told what happens on a host, and those who look: by table, by program, and at a page in a browser. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostStatus } from "../../agent/status";
import type { Overview } from "../../scripts/overview/overview";
import { everything } from "../../scripts/overview/overview.examples";
import { pageOf } from "../../scripts/overview/page";
import { flawsOf, openBrowser } from "../support/browser";
import { MailServer, WebhookReceiver } from "../support/receivers";
import { TestStack } from "./support/stack";

const stack = new TestStack(29);
/** Where this computer is, as the stack's machine sees it. */
const here = "10.213.29.1";
/** Nobody's agent plays a part here. */
const env = { SSH_AUTH_SOCK: "" };
const secret = "services/T0/B0/known-to-nobody";

let webhook: WebhookReceiver;
let mails: MailServer;
const settings = (more: object = {}) =>
  stack.configure((document) => {
    const email = {
      to: ["ops@example.com"],
      from: "slipway@example.com",
      server: `${here}:${mails.port}`,
      security: "none",
    };
    document.setIn(["config", "slipway:notify"], document.createNode({ slack: "config", email, disk: 1, ...more }));
  });

beforeAll(async () => {
  await stack.verb("down");
  await stack.up();
  webhook = await WebhookReceiver.start({ host: here });
  mails = await MailServer.start({ host: here });
});
afterAll(async () => {
  await Promise.all([webhook?.end(), mails?.end()]);
  await stack.end();
});

describe("people are told", () => {
  it("from the moment their settings say so, and it can be tried out", async () => {
    settings();
    await stack.secret("slipway:notify.webhook", `http://${here}:${webhook.port}/${secret}`);
    expect((await stack.up()).changes).toBe("2 changes: 2 create");
    const { exitCode, stdout } = await stack.verb("slipway", ["notify", "test"], env);
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "stack slipway/dev, slack: sent\nstack slipway/dev, email: sent",
    });
    expect(webhook.texts).toEqual([
      expect.stringMatching(/^✅ \*a test, and it arrived\* \(slipway\/dev\)\nSent from /),
    ]);
    expect(mails.mails).toMatchObject([{ from: "slipway@example.com", to: ["ops@example.com"] }]);
  });

  it("of releases by the stack, as CI asks for them and back again, and of a full disk, once each", async () => {
    settings({ disk: 99 });
    stack.edit("board/templates/board/board.html", (text) => text.replace("Nothing yet.", "Nothing at all."));
    await stack.up();
    expect(await webhook.heard("✅ *notes: release 2 is live* (slipway/dev)")).toContain("http://notes.localhost");
    const image = `10.213.29.2:5000/notes@sha256:${"0".repeat(64)}`;
    const { exitCode } = await stack.sh(
      `slipway release notes --image web=${image} --actor 'mo (ci)' --run https://ci.test/9`,
    );
    expect(exitCode).toBe(1);
    const failed = await webhook.heard("❌ *notes: release 3 failed at «pull»*");
    expect(failed).toMatch(/By mo \(ci\), .*\nhttps:\/\/ci\.test\/9\nRelease 2 serves\./);
    expect((await stack.sh("slipway rollback notes")).exitCode).toBe(0);
    await webhook.heard("✅ *notes: back to what release 1 was (release 4)*");
    expect(await webhook.heard("❌ *the disk of ")).toMatch(/ are free \(\d+ %\)\n/);
    expect((await stack.sh("slipway notify look --whole")).exitCode).toBe(0);
    await expect.poll(() => mails.mails.length, { timeout: 20_000 }).toBe(5);
    expect(webhook.texts).toHaveLength(5);
  });

  it("once more when a trouble is over", async () => {
    settings();
    await stack.up();
    await webhook.heard("✅ *over: the disk of ");
    expect(webhook.texts).toHaveLength(6);
  });

  it("later where a webhook refuses; no release waits for it, and the status says so meanwhile", async () => {
    webhook.answer = { status: 503, body: `come back later to ${secret}` };
    expect((await stack.sh("slipway rollback notes 2")).exitCode).toBe(0);
    const problems = async () =>
      (JSON.parse(await stack.onMachine("slipway", "status", "--json")) as HostStatus).problems;
    await expect
      .poll(async () => (await problems()).join("\n"), { timeout: 30_000, interval: 1_000 })
      .toMatch(
        /notifications of stack slipway\/dev by slack can't be sent since .*the webhook answered 503: come back later/,
      );
    await expect.poll(() => mails.mails.at(-1)?.data, { timeout: 20_000 }).toContain("back to what release 2 was");
    webhook.answer = { status: 200, body: "ok" };
    expect((await stack.sh("slipway rollback notes 1")).exitCode).toBe(0);
    await webhook.heard("✅ *notes: back to what release 1 was (release 6)*");
    expect(webhook.texts.at(-2)).toContain("✅ *notes: back to what release 2 was (release 5)*");
    expect((await problems()).join()).not.toContain("notifications");
  });

  it("by an address that stands where root alone reads it, and in no state or log", async () => {
    const modes = await stack.onMachine("bash", "-c", "stat -c '%a %U' /var/lib/slipway/notify/*/*");
    expect(new Set(modes.split("\n"))).toEqual(new Set(["600 root"]));
    const address = `http://${here}:${webhook.port}/${secret}`;
    expect(stack.state()).not.toContain(address);
    expect(await stack.onMachine("bash", "-c", "journalctl --no-pager -o cat")).not.toContain(address);
    expect((await stack.up()).changes).toBe("0 changes");
  });
});

describe("what the machine lives by", () => {
  const report = async () => JSON.parse(await stack.onMachine("slipway", "status", "--json")) as HostStatus;
  const units = async () => (await report()).services.map(({ unit }) => unit);
  const lasting = (unit: string) => unit.endsWith(".service") && unit !== "slipway-firewall.service";

  it("is back by itself when it is killed, also on a machine that an older engine has set up", async () => {
    await stack.onMachine("bash", "-c", "rm /etc/systemd/system/*.d/slipway-restart.conf && systemctl daemon-reload");
    await stack.onMachine("node", "/usr/local/lib/slipway/slipway.js", "setup");
    const all = await units();
    expect(all).toEqual(
      expect.arrayContaining([
        ...["caddy.service", "docker.service", "containerd.service", "ssh.service", "postgresql@17-main.service"],
        ...["slipway-firewall.service", "slipway-notify.path", "slipway-notify.timer"],
      ]),
    );
    const killed = await stack.sh(
      `for unit in ${all.filter(lasting).join(" ")}; do
        before=$(systemctl show --property MainPID --value $unit)
        kill -9 "$before"
        for try in {1..150}; do
          now=$(systemctl show --property MainPID --value $unit)
          if [ "$now" != 0 ] && [ "$now" != "$before" ] && systemctl is-active --quiet $unit; then continue 2; fi
          sleep 0.2
        done
        echo "$unit stays down"
      done`,
    );
    expect(killed.all.trim()).toBe("");
    expect((await report()).problems).toEqual([]);
  });

  it("is seen where it is held off, told once, and started by a repair, which says so", async () => {
    const count = webhook.texts.length;
    // A kill and a hand that holds it, a process that runs and answers nobody, rules that somebody has flushed, a timer that is off.
    const harm = {
      "caddy.service": "kill -STOP $(systemctl show -p MainPID --value caddy)",
      "docker.service": "systemctl stop docker.socket docker",
      "containerd.service":
        "systemctl mask --quiet --runtime containerd; kill -9 $(systemctl show -p MainPID --value containerd)",
      "ssh.service": "systemctl stop ssh",
      "postgresql@17-main.service": "systemctl stop postgresql@17-main",
      "slipway-firewall.service": "iptables -D INPUT -j SLIPWAY-INPUT",
      "slipway-notify.timer": "systemctl stop slipway-notify.timer",
    };
    for (const command of Object.values(harm)) await stack.sh(command);
    const { exitCode } = await stack.sh("slipway status --check");
    expect(exitCode).toBe(1);
    const down = (await report()).services.filter(({ problem }) => problem !== undefined).map(({ unit }) => unit);
    expect(down.sort()).toEqual(Object.keys(harm).sort());
    for (let look = 0; look < 2; look += 1) expect((await stack.sh("slipway notify look --whole")).exitCode).toBe(0);
    expect(webhook.texts).toHaveLength(count + down.length);
    for (const unit of down) expect(webhook.texts.slice(count).join("\n")).toContain(`(${unit}) `);

    const repair = await stack.sh("slipway repair");
    for (const unit of down) expect(repair.all).toContain(`(${unit}) `);
    expect([repair.exitCode, (await report()).problems]).toEqual([0, []]);
    expect((await stack.sh("slipway repair")).all.trim()).toBe("nothing to mend");
    expect((await stack.sh("slipway notify look --whole")).exitCode).toBe(0);
    const over = webhook.texts.slice(count).filter((text) => text.startsWith("✅ *over: "));
    expect(over).toHaveLength(down.length);
  });
});

describe("who looks", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const overview = async (...args: string[]) => {
    const { stdout } = await stack.verb("status", ["--json", ...args], env);
    return JSON.parse(stdout) as Overview;
  };

  it("sees the sandbox's stacks, or those of whoever runs Pulumi", async () => {
    const sandboxed = await overview("--sandbox");
    expect(sandboxed.stacks).toMatchObject([
      {
        stack: "dev",
        state: "up",
        machine: { address: "10.213.29.10", shared: [], problems: [] },
        apps: [{ app: "notes", health: "well", release: 6, running: { running: 1, wanted: 1 }, snapshot: {} }],
      },
    ]);
    const own = JSON.parse((await stack.verb("env", ["dev", "--json"])).stdout) as Record<string, string>;
    const { stdout } = await stack.verb("status", ["--json"], { ...own, ...env });
    const { stacks } = JSON.parse(stdout) as Overview;
    expect(stacks.map(({ stack: name, apps }) => [name, apps])).toEqual(
      sandboxed.stacks.map(({ stack: name, apps }) => [name, apps]),
    );
  });

  it("is told within seconds of a machine that doesn't answer", async () => {
    const file = join(stack.folder, "lost.html");
    await stack.onMachine("bash", "-c", "systemctl stop ssh.socket ssh");
    const begun = Date.now();
    const { exitCode, stdout } = await stack.verb("status", ["--sandbox", "--check", "--json", "--html", file], env);
    const took = Date.now() - begun;
    await stack.onMachine("systemctl", "start", "ssh");
    expect(exitCode).toBe(2);
    expect((JSON.parse(stdout) as Overview).stacks).toMatchObject([
      { stack: "dev", state: "unknown", unknown: expect.stringContaining("10.213.29.10 can't be reached on port 22") },
    ]);
    expect(readFileSync(file, "utf8")).toContain("no answer");
    expect(took).toBeLessThan(30_000);
  });

  it("reads the page on a desk and a phone, by day, by night and on paper, whatever hosts say", async () => {
    const pages = join(stack.folder, "pages");
    mkdirSync(pages);
    const real = join(pages, "real.html");
    expect((await stack.verb("status", ["--sandbox", "--html", real], env)).exitCode).toBe(0);
    const staged = join(pages, "staged.html");
    writeFileSync(staged, await pageOf(everything()));
    for (const file of [real, staged]) {
      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [340, 768, 1280]) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
          const asked: string[] = [];
          page.on("request", (request) => asked.push(request.url()));
          await page.goto(pathToFileURL(file).href);
          expect(await flawsOf(page), `${file} at ${width}, ${colorScheme}`).toEqual([]);
          expect(asked).toEqual([pathToFileURL(file).href]);
          expect(await page.evaluate("window.pwned")).toBeUndefined();
          expect(await page.locator("script, img").count()).toBe(0);
          await page.screenshot({ path: `${file}.${width}.${colorScheme}.png`, fullPage: true });
          await page.close();
        }
      }
    }
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(pathToFileURL(real).href);
    expect(await page.title()).toBe("slipway: all is well");
    expect(await page.getByRole("row").last().innerText()).toMatch(/^notes\s+http:\/\/notes\.localhost\s+release 6\s/);
    expect(await page.locator(".mark", { hasText: "well" }).last().innerText()).toBe("well");
    await page.emulateMedia({ media: "print" });
    expect((await page.pdf()).subarray(0, 4).toString()).toBe("%PDF");
    await page.goto(pathToFileURL(staged).href);
    expect(await page.getByRole("link", { name: "javascript:" }).count()).toBe(0);
    expect(await page.getByText("window.pwned = 1").first().isVisible()).toBe(true);
  });
});

it("nobody is told any more once the settings say so, and nothing of it is left", async () => {
  stack.configure((document) => document.deleteIn(["config", "slipway:notify"]));
  stack.configure((document) => document.deleteIn(["config", "slipway:notify.webhook"]));
  expect((await stack.up()).changes).toBe("2 changes: 2 delete");
  const left = await stack.sh(
    "ls /var/lib/slipway/notify/orders /var/lib/slipway/notify/told; ls /etc/systemd/system | grep notify",
  );
  expect(left.all.split("\n").filter((line) => line.includes("json") || line.includes("slipway-notify"))).toEqual([]);
});
