/** At every step of a release, what dies with it: its client, the engine, Docker, the machine. Whatever does, the next release finds a whole host. */
import Table from "cli-table3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AFTERWARDS, UNTIL_IT_STAYS } from "../../agent/release";
import { TestStack } from "../e2e/support/stack";
import { type CellOutcome, everyStep, faults, runCell } from "./support/cell";
import { Harbour } from "./support/harbour";
import { type Ssh, sshTo } from "./support/ssh";

const harbour = new Harbour(new TestStack(3));
// The app that is broken here speaks plain HTTP; and waiting for certificates, which is last, leaves nothing half-done.
const steps = [...UNTIL_IT_STAYS, ...AFTERWARDS].map(({ name }) => name).filter((name) => name !== "certificates");
const outcomes = new Map<string, CellOutcome | undefined>();
let ssh: Ssh;

beforeAll(async () => {
  await harbour.begin();
  await harbour.giveDatabase();
  ssh = await sshTo(harbour);
  await harbour.releaseGood(everyStep);
});
afterAll(async () => {
  printTable();
  ssh.end();
  await harbour.stack.remove();
});

describe.each(faults)("SIGKILL of the %s", (fault) => {
  it.each(steps)("before «%s»", async (step) => {
    outcomes.set(`${step} ${fault}`, undefined);
    const outcome = await runCell(harbour, ssh, step, fault);
    outcomes.set(`${step} ${fault}`, outcome);
    // Nobody who asks notices the death of a client or an engine.
    if (fault === "client" || fault === "engine") expect(outcome.failed).toBe(0);
  });
});

function printTable(): void {
  const table = new Table({ head: ["held before", ...faults], style: { head: [], border: [] } });
  for (const step of steps) table.push([step, ...faults.map((fault) => words(`${step} ${fault}`))]);
  process.stdout.write(`${table.toString()}\n`);
}

function words(cell: string): string {
  const outcome = outcomes.get(cell);
  if (!outcome) return outcomes.has(cell) ? "NOT WHOLE" : "not tried";
  const { hit, meanwhile, failed, asked } = outcome;
  return `${meanwhile} serves (${hit}); next ok${failed > 0 ? `; ${failed} of ${asked} unanswered` : ""}`;
}
