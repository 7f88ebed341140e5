import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Manifest } from "../agent/manifest";
import type { TestStack } from "../test/e2e/support/stack";
import { Harbour, hostOf } from "../test/faults/support/harbour";
import { type Ssh, sshTo } from "../test/faults/support/ssh";
import { median, type Report, timed } from "./report";

/** Rounds that count; one before them fills the caches. */
const rounds = 9;
/** Rounds for what settings may ask for in addition, and for memory. */
const extraRounds = 3;
/** Pause between two looks at the app's address, in ms. */
const look = 5;
/** Where the floor's container answers on the machine. */
const floorPort = 9999;

/** From the order to the new version at the app's address, against the least that any tool must do: pull, run, a first healthy answer. */
export async function serving(stack: TestStack): Promise<Report> {
  const harbour = new Harbour(stack);
  await harbour.begin();
  const ssh = await sshTo(harbour);
  const floors: number[] = [];
  const served: number[] = [];
  const ended: number[] = [];
  const steps: string[] = [];
  try {
    await logIn(harbour, true);
    for (let round = 0; round <= rounds; round++) {
      const floor = await floorOf(harbour, ssh);
      const ours = await releaseOf(harbour, ssh, bare);
      if (round === 0) continue;
      floors.push(floor);
      served.push(ours.served);
      ended.push(ours.ended);
      steps.push(ours.output);
    }
    const withCommand: number[] = [];
    for (let round = 0; round < extraRounds; round++)
      withCommand.push((await releaseOf(harbour, ssh, (manifest) => withTrue(bare(manifest)))).served);
    const memory: number[] = [];
    for (let round = 0; round < extraRounds; round++) memory.push(await peakMemory(harbour, ssh));
    return {
      rows: [
        { what: "trigger to serving / the floor", value: median(served) / median(floors), limit: 2, unit: "×" },
        { what: "engine, peak resident", value: Math.max(...memory), limit: 100, unit: "MB" },
      ],
      raw: {
        "pull + run + first answer in one ssh command, s": floors,
        "trigger to serving, s": served,
        "trigger to the command's end (watch of 1 s included), s": ended,
        "trigger to serving with a release command `true`, s": withCommand,
        "ssh alone (`true`), s": await alone(ssh),
        "peak resident, MB": memory,
        ...medians(steps),
      },
    };
  } finally {
    await logIn(harbour, false);
    ssh.end();
  }
}

/** No more than the floor does: no release command, no files, nothing to settle. */
function bare(manifest: Manifest): Manifest {
  const { release: _release, ...rest } = manifest;
  const web = rest.processes.web;
  if (!web) throw new Error("harbour has no web process");
  const { static: _static, ...process } = web;
  return { ...rest, processes: { web: process }, limits: { ...rest.limits, settle: 0, watch: 1 } };
}

function withTrue(manifest: Manifest): Manifest {
  return { ...manifest, release: { process: "web", command: ["true"] } };
}

/** The engine brings its login along with each release; a plain `docker pull` needs one that lies on the machine. */
async function logIn(harbour: Harbour, wanted: boolean): Promise<void> {
  const auth = Buffer.from("slipway:rehearsal-only").toString("base64");
  const config = JSON.stringify({ auths: { [harbour.registry]: { auth } } });
  await harbour.sh(
    wanted
      ? `install -d -m 700 /root/.docker && echo '${config}' > /root/.docker/config.json`
      : "rm -f /root/.docker/config.json",
  );
}

/** @returns seconds */
async function floorOf(harbour: Harbour, ssh: Ssh): Promise<number> {
  const { image } = await harbour.image();
  const line = [
    `docker pull -q ${image}`,
    `docker run -d --name floor -e PORT=8000 -p 127.0.0.1:${floorPort}:8000 ${image}`,
    `until curl -sf -o /dev/null http://127.0.0.1:${floorPort}/healthz; do sleep 0.005; done`,
  ].join(" && ");
  const { seconds, result } = await timed(() => ssh.run(`sudo sh -c '${line}'`));
  await harbour.sh("docker rm -f floor");
  if (result.code !== 0) throw new Error(`the floor failed: ${result.output}`);
  return seconds;
}

/** @returns seconds until the new version answered at the app's address, and until the command ended */
async function releaseOf(harbour: Harbour, ssh: Ssh, change: (manifest: Manifest) => Manifest) {
  const { image, version } = await harbour.image();
  const manifest = JSON.stringify(harbour.manifest(image, { change }));
  const giveUp = new AbortController();
  const command = timed(() => ssh.run("sudo slipway release", manifest)).then((done) => {
    giveUp.abort();
    return done;
  });
  const seen = timed(() => untilServing(harbour, version, giveUp.signal));
  const { seconds: ended, result } = await command;
  if (result.code !== 0) throw new Error(`the release failed:\n${result.output}`);
  return { served: (await seen).seconds, ended, output: result.output };
}

async function untilServing(harbour: Harbour, version: string, giveUp: AbortSignal): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  try {
    while (!giveUp.aborted && (await versionAt(harbour, agent)) !== version) await sleep(look);
  } finally {
    agent.destroy();
  }
}

function versionAt({ address }: Harbour, agent: Agent): Promise<string | undefined> {
  return new Promise((resolve) => {
    const asked = request({ host: address, path: "/", agent, headers: { host: hostOf("harbour") } }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece) => {
        text += piece;
      });
      response.on("end", () => resolve(/"version":"([^"]+)"/.exec(text)?.[1]));
    });
    asked.on("error", () => resolve(undefined)).end();
  });
}

/** Most memory that an engine process had in a release, as the kernel counts it. @returns MB */
async function peakMemory(harbour: Harbour, ssh: Ssh): Promise<number> {
  const watch =
    "while [ -e /run/bench-watch ]; do cat $(pgrep -f '^/usr/bin/node .*slipway.js' | sed 's|.*|/proc/&/status|') </dev/null; sleep 0.02; done";
  await harbour.sh("touch /run/bench-watch");
  const watching = harbour.sh(`${watch} 2>/dev/null | grep VmHWM | sort -u; true`);
  await releaseOf(harbour, ssh, bare);
  await harbour.sh("rm /run/bench-watch");
  const kilobytes = [...(await watching).output.matchAll(/VmHWM:\s+(\d+) kB/g)].map(([, text]) => Number(text));
  if (kilobytes.length === 0) throw new Error("no engine process was seen during a release");
  return Math.max(...kilobytes) / 1024;
}

async function alone(ssh: Ssh): Promise<number[]> {
  const all: number[] = [];
  for (let round = 0; round < extraRounds; round++) all.push((await timed(() => ssh.run("true"))).seconds);
  return all;
}

/** Median of each step's seconds, by the lines that the engine prints. */
function medians(outputs: readonly string[]): Record<string, number[]> {
  const seconds = new Map<string, number[]>();
  for (const output of outputs)
    for (const [, step = "", time] of output.matchAll(/^✓ (.+?) (\d+\.\d+) s/gm))
      seconds.set(step, [...(seconds.get(step) ?? []), Number(time)]);
  return Object.fromEntries([...seconds].map(([step, all]) => [`step «${step}», median s`, [median(all)]]));
}
