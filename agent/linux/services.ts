/** Services of this machine, asked at their own doors. */
import { readFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { mediaSocket } from "../edge/media";
import { Failure } from "../failure";
import type { Question, Services, UnitState } from "../host";
import { run } from "./process";

/** Seconds for an answer. */
const LIMIT = 5;
/** Seconds that systemd may take to start a unit; its own work goes on after them. */
const START = 60;

/** See `Services`. */
export const linuxServices: Services = {
  async states(units) {
    if (units.length === 0) return [];
    const { output } = await run([
      "systemctl",
      "show",
      "--property=Id,LoadState,ActiveState,UnitFileState,ConditionResult",
      "--",
      ...units,
    ]);
    return statesIn(output, units);
  },

  async ask(question, unit) {
    await QUESTIONS[question](unit);
  },

  async start(unit, { anew, unmask }) {
    if (unmask) {
      // Both: one that is masked for now may be masked for good, too.
      await systemctl("unmask", "--quiet", unit);
      await systemctl("unmask", "--quiet", "--runtime", unit);
    }
    // Whatever it failed of before, it is tried.
    await systemctl("reset-failed", unit).catch(() => {});
    await systemctl(anew ? "restart" : "start", unit);
  },
};

/** Reads what `systemctl show` says of these units: a block for each, in their order. */
export function statesIn(text: string, units: readonly string[]): readonly UnitState[] {
  const blocks = text.trim().split(/\n\s*\n/);
  return units.map((_, index) => {
    const said = new Map((blocks[index] ?? "").split("\n").map((line) => splitAt(line, "=")));
    return {
      load: said.get("LoadState") ?? "not-found",
      active: said.get("ActiveState") ?? "inactive",
      file: said.get("UnitFileState") ?? "",
      condition: said.get("ConditionResult") !== "no",
    };
  });
}

function splitAt(line: string, mark: string): [string, string] {
  const index = line.indexOf(mark);
  return [line.slice(0, index), line.slice(index + 1)];
}

/** What stands between the at sign of a unit's name and its ending. */
const instanceOf = (unit: string) => /@(.*)\.service$/.exec(unit)?.[1] ?? "";

const QUESTIONS: Readonly<Record<Question, (unit: string) => Promise<void>>> = {
  edge: async () => {
    // Its own door first; then a visitor's, to whom any answer is one.
    await answers({ host: "127.0.0.1", port: 2019, path: "/config/", headers: { host: "localhost:2019" } });
    await answers({ host: "127.0.0.1", port: 80, path: "/", headers: { host: "slipway.invalid" } });
  },
  docker: () => answers({ socketPath: "/run/docker.sock", path: "/_ping", headers: { host: "docker" } }),
  containerd: () => said(["ctr", "--connect-timeout", `${LIMIT}s`, "version"]),
  postgres: (unit) => {
    const [version = "", ...name] = instanceOf(unit).split("-");
    // One that starts up and can't take anyone yet is not there yet; one that is full is there.
    return said(["pg_isready", "--cluster", `${version}/${name.join("-")}`, "--timeout", String(LIMIT)]);
  },
  ssh: async () => {
    const { output } = await run(["sshd", "-T"]);
    const address = /^listenaddress (.*):(\d+)$/m.exec(output);
    if (!address) throw new Failure(`sshd doesn't say where it listens: ${output.trim()}`);
    const [, host = "", port] = address;
    await greets(local(host.replace(/^\[|\]$/g, "")), Number(port), SSHD);
  },
  media: (unit) =>
    answers({ socketPath: mediaSocket(instanceOf(unit)), path: "/", headers: { host: "slipway.invalid" } }),
  firewall: async () => {
    // It answers nobody by its nature: what there is to see of it are its rules.
    const script = await readFile("/etc/slipway/firewall.sh", "utf8").catch(() => "");
    const chain = /\bSLIPWAY-INPUT\b/.exec(script)?.[0];
    if (chain === undefined) return;
    for (const tables of ["iptables", "ip6tables"] as const) {
      const { code } = await run([tables, "-w", String(LIMIT), "-C", "INPUT", "-j", chain]);
      if (code !== 0) throw new Failure(`its rules are not in force (${tables})`);
    }
  },
};

/** The address by which a server that listens everywhere is reached from here. */
function local(address: string): string {
  if (address === "0.0.0.0") return "127.0.0.1";
  return address === "::" ? "::1" : address;
}

/** Resolves once a request is answered, whatever with. */
function answers(order: {
  readonly host?: string;
  readonly port?: number;
  readonly socketPath?: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ ...order, agent: false, signal: AbortSignal.timeout(LIMIT * 1000) }, (answer) => {
      answer.destroy();
      resolve();
    });
    const where = order.port === undefined ? "" : `port ${order.port}: `;
    sent.once("error", (error) => reject(new Failure(`${where}${isLate(error) ? late() : error.message}`)));
    sent.end();
  });
}

const isLate = ({ name }: Error) => name === "AbortError" || name === "TimeoutError";
const late = () => `no answer within ${LIMIT} s`;

/** How sshd begins, also to one whom it has no time for or who has asked too often (its `PerSourcePenalties` and `MaxStartups`). */
const SSHD = /^(SSH-|Not allowed at this time|Exceeded MaxStartups)/;

/** Resolves once a server has begun to speak with these words. */
function greets(host: string, port: number, words: RegExp): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const fail = (why: string) => {
      reject(new Failure(`port ${port}: ${why}`));
      socket.destroy();
    };
    socket.setTimeout(LIMIT * 1000, () => fail(late()));
    socket.once("error", (error) => fail(error.message));
    socket.once("data", (data) => {
      if (!words.test(data.toString("latin1"))) return fail("something else answers there");
      resolve();
      socket.destroy();
    });
    socket.once("close", () => reject(new Failure(`port ${port}: it hung up`)));
  });
}

/** Runs a program that asks; rejects with its words. */
async function said(argv: readonly [string, ...string[]]): Promise<void> {
  const { code, output } = await run(["timeout", String(LIMIT + 1), ...argv]);
  if (code !== 0) throw new Failure(output.trim().split("\n").at(-1) || late());
}

async function systemctl(...words: readonly string[]): Promise<void> {
  const { code, output } = await run(["timeout", String(START), "systemctl", ...words]);
  if (code === 124) throw new Failure(`it is not up after ${START} s`);
  if (code !== 0) throw new Failure(output.trim().split("\n")[0] ?? "");
}
