import { type Attempt, recordOf } from "../attempt";
import { Failure } from "../failure";
import type { Container } from "../host";
import { lackOfNew, lastingContainers } from "./health";

/** Milliseconds between two looks. */
const POLL = 250;
/** Looks in a row that may find it unfit: one slow answer is no reason to go back. */
const PATIENCE = 3;

/** Watches the new release under its real load; fails if it ends or stays unfit, as long as the old one is still there to go back to. */
export async function watch(attempt: Attempt): Promise<undefined> {
  const end = attempt.host.now() + attempt.manifest.limits.watch * 1000;
  await Promise.all(lastingContainers(attempt).map((container) => watchOne(attempt, container, end)));
}

async function watchOne(attempt: Attempt, container: Container, end: number): Promise<void> {
  const { host } = attempt;
  for (let unfit = 0; ; ) {
    const lack = await lackOfNew(host, recordOf(attempt), container);
    unfit = lack === undefined ? 0 : unfit + 1;
    if (lack !== undefined && unfit >= PATIENCE)
      throw new Failure(`${container.name} was healthy and is not any more: ${lack}`, container.id);
    if (host.now() >= end && unfit === 0) return;
    await host.sleep(POLL);
  }
}
