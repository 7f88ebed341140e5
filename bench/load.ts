/**
 * Load on an app: one program, bundled to one file, that runs in a container on the sandbox's network and asks by the clock, whatever the
 * answers do. It begins at once, ends when its standard input does, and prints what it saw as JSON.
 *
 *   node load.js '{"address":"10.213.3.10","host":"harbour.localhost"}'
 */
import { createHash } from "node:crypto";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { kinds, type LoadOrder, type LoadResult, type Sample } from "./loadResult";

/** Requests a second of each kind; 100 in all with what the idle ones add. */
const rates = { fresh: 65, kept: 30, slow: 2, upload: 2 };
/** Clients that keep one connection open over every switch and are asked with in turn. */
const keptClients = 15;
/** Pauses of the clients that sit idle between two requests on one connection, in ms. */
const idlePauses = [3000, 5000, 8000, 12_000, 16_000, 20_000];
/** Longest wait for an answer, in ms. */
const patience = 15_000;
/** What the app's own GET /slow takes, in ms. */
const slow = 2000;
/** An upload: its pieces, and the pause after each in ms. */
const upload = { pieces: 10, size: 100_000, pause: 100 };

const piece = Buffer.alloc(upload.size, "harbour ");
const uploaded = createHash("sha256");
for (let index = 0; index < upload.pieces; index++) uploaded.update(piece);
const uploadHash = uploaded.digest("hex");

const order = JSON.parse(process.argv[2] ?? "{}") as LoadOrder;
const samples: Sample[] = [];
const failures: LoadResult["failures"][number][] = [];
const underWay = new Set<Promise<void>>();
let running = true;

/** One request from the moment it was due; what it gives or why it failed is kept. */
function ask(kind: keyof typeof kinds, agent: Agent | false, due = Date.now()): Promise<void> {
  const work = (kind === "upload" ? sendUpload(agent) : get(kind === "slow" ? "/slow" : "/", agent))
    .then(({ version, since }) => {
      const own = kind === "slow" ? slow : since === undefined ? 0 : since - due;
      const at = Math.round(due + own);
      samples.push([at, kinds[kind], Math.max(0, Date.now() - at), version]);
    })
    .catch((error: NodeJS.ErrnoException) => {
      failures.push({ at: due, after: Date.now() - due, kind, reason: error.code ?? error.message });
    })
    .finally(() => underWay.delete(work));
  underWay.add(work);
  return work;
}

interface Answered {
  readonly version: string;
  /** When the last of the body had been sent, where sending takes its time. */
  readonly since?: number;
}

async function get(path: string, agent: Agent | false): Promise<Answered> {
  const { answer } = open("GET", path, agent, true);
  return { version: (await answer).version };
}

async function sendUpload(agent: Agent | false): Promise<Answered> {
  const { asked, answer } = open("POST", "/upload", agent, false);
  answer.catch(() => {});
  for (let index = 0; index < upload.pieces; index++) {
    asked.write(piece);
    await sleep(upload.pause);
  }
  asked.end();
  const since = Date.now();
  const { version, sha256 } = await answer;
  if (sha256 !== uploadHash) throw new Error("wrong body: the upload arrived changed");
  return { version, since };
}

function open(method: string, path: string, agent: Agent | false, whole: boolean) {
  const asked = request({
    host: order.address,
    port: order.port ?? 80,
    method,
    path,
    agent,
    headers: { host: order.host },
  });
  asked.setTimeout(patience, () => asked.destroy(new Error(`no answer within ${patience / 1000} s`)));
  const answer = new Promise<{ version: string; sha256?: string }>((resolve, reject) => {
    asked.once("error", reject);
    asked.once("response", (response) => read(response).then(resolve, reject));
  });
  if (whole) asked.end();
  return { asked, answer };
}

async function read(response: IncomingMessage): Promise<{ version: string; sha256?: string }> {
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) text += chunk;
  if (response.statusCode !== 200) throw new Error(`status ${response.statusCode}`);
  try {
    const body = JSON.parse(text) as { version?: unknown; sha256?: string };
    if (typeof body.version === "string") return { ...body, version: body.version };
  } catch {}
  throw new Error(`wrong body: ${text.slice(0, 60)}`);
}

/** Calls `work` `rate` times a second by the clock: late calls are made up for, and count from when they were due. */
async function byTheClock(rate: number, work: (due: number) => void): Promise<void> {
  if (rate === 0) return;
  const begun = Date.now();
  for (let count = 0; running; count++) {
    const due = begun + (count * 1000) / rate;
    const ahead = due - Date.now();
    if (ahead > 1) await sleep(ahead);
    if (running) work(Math.round(due));
  }
}

const keepOne = () => new Agent({ keepAlive: true, maxSockets: 1, maxFreeSockets: 1 });

async function sitIdle(pause: number): Promise<void> {
  const agent = keepOne();
  while (running) {
    await ask("idle", agent);
    await Promise.race([sleep(pause, undefined, { ref: false }), ended]);
  }
  agent.destroy();
}

const ended = new Promise<void>((resolve) => {
  process.stdin.resume().once("end", resolve).once("close", resolve);
});

async function main(): Promise<void> {
  const scale = order.scale ?? 1;
  const begun = Date.now();
  const kept = Array.from({ length: keptClients }, keepOne);
  let turn = 0;
  const rate = (kind: keyof typeof rates) => (order.without?.includes(kind) ? 0 : rates[kind] * scale);
  const work = [
    byTheClock(rate("fresh"), (due) => ask("fresh", false, due)),
    byTheClock(rate("kept"), (due) => ask("kept", kept[turn++ % kept.length] ?? false, due)),
    byTheClock(rate("slow"), (due) => ask("slow", false, due)),
    byTheClock(rate("upload"), (due) => ask("upload", false, due)),
    ...(order.without?.includes("idle") ? [] : idlePauses.map(sitIdle)),
  ];
  process.stderr.write("load has begun\n");
  await ended;
  running = false;
  await Promise.all(work);
  await Promise.all(underWay);
  for (const agent of kept) agent.destroy();
  const result: LoadResult = { begun, ended: Date.now(), asked: samples.length + failures.length, samples, failures };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

main();
