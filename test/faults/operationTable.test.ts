/**
 * At every step of what isn't a release, what dies with it: its client, the engine, the service it works with, the machine. Nobody lends a
 * hand: afterwards the host is whole, nothing is left to be taken up, and what the host says of it is so.
 */
import { setTimeout as sleep } from "node:timers/promises";
import Table from "cli-table3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { HOLD, INTENTS } from "../../agent/paths";
import { TestStack } from "../e2e/support/stack";
import { restart, until } from "./support/cell";
import { Harbour, type UnderWay } from "./support/harbour";
import { type Operation, operationsOf } from "./support/operations";
import { type Ssh, sshTo } from "./support/ssh";

const faults = ["client", "engine", "service", "machine"] as const;
type Fault = (typeof faults)[number];

/** Seconds that whatever takes it up has. */
const PATIENCE = 90;

const harbour = new Harbour(new TestStack(3));
const outcomes = new Map<string, string>();
let ssh: Ssh;
const operations = operationsOf(harbour, () => ssh);

beforeAll(async () => {
  await harbour.begin();
  await harbour.giveDatabase();
  ssh = await sshTo(harbour);
});
afterAll(async () => {
  process.stdout.write(`${tableText()}\n`);
  ssh?.end();
  await harbour.stack.remove();
});

describe.each(Object.entries(operations))("%s", (name, operation) => {
  beforeAll(operation.prepare);

  describe.each(faults)("SIGKILL of the %s", (fault) => {
    it.each(operation.steps)("before «%s»", async (step) => {
      const cell = `${name} ${step} ${fault}`;
      outcomes.set(cell, "NOT WHOLE");
      await operation.before();
      const since = (await harbour.sh("date +%s")).output.trim();
      await harbour.sh(`mkdir -p $(dirname ${HOLD}); echo '${step}' > ${HOLD}`);
      const run = await operation.begin();
      await run.until(`is held before «${step}»`);
      await strike(fault, operation, run);
      await harbour.sh(`rm -f ${HOLD}`);
      const { output } = await run.done;
      expect(output).toContain(`is held before «${step}»`);
      await untilOver(operation);

      const end = await operation.whole().catch(async (thrown: unknown) => {
        await harbour.sh("slipway repair");
        await operation.whole();
        outcomes.set(cell, "BY HAND");
        throw thrown;
      });
      outcomes.set(cell, `${end}, NOT SAID`);
      const journal = await harbour.sh(`journalctl --output=cat --no-pager --since=@${since} --unit='slipway-*'`);
      await operation.said(end, `${output}\n${journal.output}`);
      outcomes.set(cell, `${end}, said`);
    });
  });
});

async function strike(fault: Fault, { service }: Operation, run: UnderWay): Promise<void> {
  switch (fault) {
    case "client":
      return run.kill();
    case "engine":
      await harbour.sh(
        "pkill -KILL -f '^/usr/bin/node /usr/local/lib/slipway/slipway.js (restore|release|copy|remove)'",
      );
      return;
    case "service":
      // systemd starts it again by itself, but not too often within a minute: what it has counted so far is not this test's.
      await harbour.sh(
        `systemctl reset-failed '${service}'; systemctl kill --signal=KILL --kill-whom=main '${service}'`,
      );
      await sleep(500);
      return;
    case "machine":
      return restart(harbour);
    default: {
      const never: never = fault;
      return never;
    }
  }
}

/** Waits until nothing of ours is at work on the machine, and nothing is left to be taken up. */
async function untilOver({ app }: Operation): Promise<void> {
  const units = "systemctl list-units --plain --no-legend --state=activating,active,deactivating 'slipway-*'";
  const isOver = async () => {
    const { code, output } = await harbour.sh(
      `ls ${INTENTS} 2>/dev/null | grep -v '^_'; ${units} | grep -E 'slipway-(repair|release|restore|remove|copy-database)'; ` +
        `test ! -e /run/slipway/${app}.lock || flock --nonblock /run/slipway/${app}.lock true || echo busy`,
    );
    return code === 0 && output === "";
  };
  await until(isOver, PATIENCE);
  await until(async () => !(await harbour.serving()).startsWith("none"), PATIENCE);
}

function tableText(): string {
  const table = new Table({ head: ["", "held before", ...faults], style: { head: [], border: [] } });
  for (const [name, { steps }] of Object.entries(operations))
    for (const step of steps)
      table.push([name, step, ...faults.map((fault) => outcomes.get(`${name} ${step} ${fault}`) ?? "not tried")]);
  return `${table.toString()}\nEach cell says what became of it, and whether the host says so. Nobody lent a hand, but where it says BY HAND.`;
}
