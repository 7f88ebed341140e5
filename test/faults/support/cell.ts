/** One cell of the fault table: a release is held at the start of a step, something dies, and the next release must find a whole host. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { HOLD } from "../../../agent/paths";
import type { Harbour, Order, UnderWay } from "./harbour";
import { remainsOf } from "./outcome";
import type { Ssh } from "./ssh";

/** What dies. */
export const faults = ["client", "engine", "dockerd", "machine"] as const;
/** @see faults */
export type Fault = (typeof faults)[number];

/** What a cell showed. */
export interface CellOutcome {
  /** What became of the release that was hit, by the ledger. */
  readonly hit: string;
  /** What served right after. */
  readonly meanwhile: "old" | "new" | "nothing";
  /** Requests without a good answer, of those asked one after another all the time. */
  readonly failed: number;
  readonly asked: number;
}

/** All steps apply to releases of this order. */
export const everyStep: Order = { worker: true, uploads: true, database: true, limits: { watch: 1, drain: 5 } };

/** Runs a cell; rejects if the host isn't whole after the next release, which nobody has prepared by hand. */
export async function runCell(harbour: Harbour, ssh: Ssh, step: string, fault: Fault): Promise<CellOutcome> {
  const old = await harbour.serving();
  const { image, version } = await harbour.image();
  const asking = askAllTheTime(harbour);
  await harbour.sh(`mkdir -p $(dirname ${HOLD}); echo '${step}' > ${HOLD}`);
  const release = ssh.release(harbour.manifest(image, everyStep));
  await release.until(`is held before «${step}»`);
  const number = await lastTried(harbour);
  await strike(harbour, fault, release);
  await harbour.sh(`rm -f ${HOLD}`);
  await release.done;
  // A release whose client is gone is still under way.
  await harbour.sh("test ! -e /run/slipway/harbour.lock || flock --wait 60 /run/slipway/harbour.lock true");
  await untilAnyServes(harbour, 60);
  const serving = await harbour.serving();
  const { failed, asked } = await asking.stop();

  const next = await harbour.image();
  const { code, output } = await harbour.release(harbour.manifest(next.image, everyStep));
  expect(output).toMatch(/is live/);
  expect(code).toBe(0);
  expect(await harbour.serving()).toBe(next.version);
  expect(await remainsOf(harbour)).toEqual([]);

  const rows = (await harbour.ledger()).filter((row) => row.release >= number);
  // Before it was laid out there was nothing of it that anyone could find.
  const hit = rows.find((row) => Object.values(row.images).includes(image));
  if (step !== "fence" && step !== "lay out") expect(hit).toBeDefined();
  expect(rows.at(-1)).toMatchObject({ result: "live" });
  if (fault === "client") expect(hit).toMatchObject({ result: "live" });
  // Who serves and what the ledger says are one.
  expect(serving).toBe(hit?.result === "live" ? version : old);
  return {
    hit: hit ? `${hit.result}${hit.step ? ` at «${hit.step}»` : ""}` : "no trace",
    meanwhile: serving === version ? "new" : serving === old ? "old" : "nothing",
    failed,
    asked,
  };
}

async function strike(harbour: Harbour, fault: Fault, release: UnderWay): Promise<void> {
  switch (fault) {
    case "client":
      return release.kill();
    case "engine":
      // The engine alone: what it has started must see for itself that it is gone.
      await harbour.sh("pkill -KILL -f '^/usr/bin/node /usr/local/lib/slipway/slipway.js release'");
      return;
    case "dockerd":
      // systemd starts it again by itself, but not a fourth time within a minute: what it has counted so far is not this test's.
      await harbour.sh(
        "systemctl reset-failed docker; systemctl kill --signal=KILL --kill-whom=main docker.service; sleep 0.5",
      );
      return untilDockerAnswers(harbour, 60);
    case "machine":
      return restart(harbour);
    default: {
      const never: never = fault;
      return never;
    }
  }
}

/** Off and on again, as by the cloud's own switch, without any word to what runs there. */
export async function restart(harbour: Harbour): Promise<void> {
  const { droplets } = (await harbour.stack.cloud("/v2/droplets")) as unknown as { droplets: { id: number }[] };
  const response = await fetch(`${harbour.stack.api}/v2/droplets/${droplets[0]?.id}/actions`, {
    method: "POST",
    headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
    body: JSON.stringify({ type: "power_cycle" }),
  });
  if (!response.ok) throw new Error(`power_cycle: ${response.status} ${await response.text()}`);
  const end = Date.now() + 90_000;
  while ((await harbour.sh("systemctl is-system-running --wait")).code === 255 && Date.now() < end) await sleep(500);
}

async function untilDockerAnswers(harbour: Harbour, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while ((await harbour.sh("docker version >/dev/null 2>&1")).code !== 0) {
    if (Date.now() > end) throw new Error(`Docker did not come back by itself within ${seconds} s`);
    await sleep(200);
  }
}

async function untilAnyServes(harbour: Harbour, seconds: number): Promise<void> {
  await until(async () => !(await harbour.serving()).startsWith("none"), seconds);
}

/** Waits for something, and for so many seconds at most. */
export async function until(isSo: () => Promise<boolean>, seconds: number): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await isSo()) && Date.now() < end) await sleep(200);
}

async function lastTried(harbour: Harbour): Promise<number> {
  return (await harbour.ledger()).at(-1)?.release ?? 0;
}

function askAllTheTime(harbour: Harbour): { stop(): Promise<{ asked: number; failed: number }> } {
  let [running, asked, failed] = [true, 0, 0];
  const loop = (async () => {
    while (running) {
      asked += 1;
      if ((await harbour.serving()).startsWith("none")) failed += 1;
      await sleep(100);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      return { asked, failed };
    },
  };
}
