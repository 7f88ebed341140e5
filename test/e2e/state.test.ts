/** A team's state on a real S3 server: brought up, locked by a run that is killed, opened again, moved to another place. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { slotOf } from "../../sandbox/slot";
import { objectsLogin, stateBackend } from "../../scripts/stack/objects";
import { OwnState } from "./support/ownState";

const slot = slotOf({ ...process.env, SLIPWAY_SANDBOX_SLOT: "28" });
const sandbox = { SLIPWAY_SANDBOX_SLOT: "28" };
const state = new OwnState("team", slot.number);
const pack = ["--policy-pack", "policy/serve"];

/** The sandbox's own stack, with the addresses of this slot. */
const settings = (() => {
  const text = readFileSync("Pulumi.dev.yaml", "utf8")
    .replaceAll("http://127.0.0.1:8480", slot.api.url)
    .replaceAll("10.213.0.2:5000", slot.registry.server);
  const { "slipway:registry.password": _, ...config } = parse(text).config as Record<string, Record<string, unknown>>;
  return config;
})();

const configure = async (changes: Record<string, unknown> = {}) => {
  state.configure({ ...settings, ...changes });
  const password = await state.run(
    ["config", "set", "--secret", "slipway:registry.password", ...state.named],
    process.cwd(),
    "rehearsal-only",
  );
  expect(password.exitCode, password.all).toBe(0);
};

/** Where the server keeps the locks. */
const locks = join(slot.objects.folder, "data", "state", ".pulumi", "locks", "organization", "slipway", "team");

/** Address of the machine. */
const address = async () =>
  (await state.run(["stack", "output", "address", "--stack", "team"], state.folder)).stdout.trim();

beforeAll(async () => {
  await execa("./scripts/object-store", ["start"], { env: sandbox });
  await execa("./scripts/sandbox", ["start"], { env: sandbox });
  await state.open({
    backend: stateBackend(slot.objects.url),
    env: { AWS_ACCESS_KEY_ID: objectsLogin.accessKey, AWS_SECRET_ACCESS_KEY: objectsLogin.secretKey },
  });
  await configure();
});
afterAll(async () => {
  await execa("./scripts/sandbox", ["stop", "--purge"], { env: sandbox });
  state.remove();
});

describe("a stack whose state is on an S3 server", () => {
  it("is brought up, and a second run changes nothing", async () => {
    const up = await state.pulumi("up", "--yes", ...pack);
    expect(up.exitCode, up.all).toBe(0);
    const again = await state.pulumi("preview", "--expect-no-changes", ...pack);
    expect(again.exitCode, again.all).toBe(0);
    expect(existsSync(join(slot.objects.folder, "data", "state", ".pulumi", "stacks", "slipway", "team.json"))).toBe(
      true,
    );
  });

  it("says who holds its lock, and opens it once that run has been killed", async () => {
    const run = state.start("pulumi", ["up", "--yes", ...state.named]);
    for (const end = Date.now() + 60_000; !existsSync(locks) || readdirSync(locks).length === 0; await sleep(20)) {
      if (Date.now() > end) throw new Error("the run took no lock");
    }
    // It is held where it is, so that it can be looked at.
    run.kill("SIGSTOP");
    const held = await state.verb("unlock", ["team", "--yes"]);
    expect(held.exitCode, held.all).toBe(1);
    expect(held.stdout).toContain(`stack team is locked by root on ${hostname()} (process ${run.pid})`);
    expect(held.stdout).toContain(`it is running on this computer: wait for it, or have it end in good order`);

    run.kill("SIGKILL");
    await run;
    const refused = await state.pulumi("up", "--yes", "--skip-preview");
    expect(refused.exitCode).not.toBe(0);
    expect(refused.all).toContain("currently locked by 1 lock");

    const opened = await state.verb("unlock", ["team"]);
    expect(opened.exitCode, opened.all).toBe(0);
    expect(opened.stdout).toContain("it ran on this computer and is gone, so it holds nothing any more");
  });

  it("keeps the lock of a run on another computer until a person says that it is over", async () => {
    mkdirSync(locks, { recursive: true });
    const since = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const holder = { pid: 1, username: "runner", hostname: "ci-7", timestamp: since };
    writeFileSync(join(locks, "00000000-0000-4000-8000-000000000000.json"), JSON.stringify(holder));

    const kept = await state.verb("unlock", ["team"]);
    expect(kept.exitCode, kept.all).toBe(1);
    expect(kept.stdout).toMatch(/^stack team is locked by runner on ci-7 \(process 1\) since .* UTC \(3 h ago\)$/m);
    expect(kept.stdout).toMatch(/^ {2}its state was last written .* UTC \(\d+ min ago\)$/m);
    expect(kept.stdout).toContain("if that run is over: ./scripts/unlock team --yes");

    const opened = await state.verb("unlock", ["team", "--yes"]);
    expect(opened.exitCode, opened.all).toBe(0);
    expect(await state.verb("unlock", ["team"])).toMatchObject({ exitCode: 0, stdout: "stack team is not locked" });
  });

  it("lets its machine be replaced only when that is named, in production", async () => {
    const { "slipway:host": host } = settings;
    const elsewhere = { ...host, region: "ams3", backups: true };
    const production = { "slipway:policies": { production: true, accept: { "data-unprotected": "a rehearsal" } } };
    await configure({ ...production, "slipway:host": elsewhere });
    const today = await address();
    const refused = await state.pulumi("preview", ...pack);
    expect(refused.exitCode).not.toBe(0);
    expect(refused.all).toContain(`takes the place of ${today}, and what is on that one goes`);
    expect([...refused.all.matchAll(/\[mandatory\] {2}(\S+)/g)].map(([, name]) => name)).toEqual(["machine-replaced"]);

    await configure({ ...production, "slipway:host": { ...elsewhere, replace: today } });
    const consented = await state.pulumi("preview", ...pack);
    expect(consented.exitCode, consented.all).toBe(0);
    await configure();
  });

  it("moves to another place, secrets and all", async () => {
    const exported = await state.run(["stack", "export", "--stack", "team", "--file", "team.json"], state.folder);
    expect(exported.exitCode, exported.all).toBe(0);
    state.moveTo(`file://${state.folder}`);
    const made = await state.run(["stack", "init", "team", "--no-select"], state.folder);
    expect(made.exitCode, made.all).toBe(0);
    const imported = await state.run(["stack", "import", "--stack", "team", "--file", "team.json"], state.folder);
    expect(imported.exitCode, imported.all).toBe(0);
    const same = await state.pulumi("preview", "--expect-no-changes");
    expect(same.exitCode, same.all).toBe(0);
  });
});
