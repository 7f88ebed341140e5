import { setTimeout as sleep } from "node:timers/promises";
import type Docker from "dockerode";
import { ifThere, statusOf } from "../engine";

/** Seconds a container has to shut down by itself. */
const limit = 30;

/** Seconds between two requests: one that reaches a system in its first moments is lost. */
const again = 2;

/** Asks a container's system to shut down and waits until it has; after 30 s the plug is pulled. */
export async function shutDown(container: Docker.Container): Promise<void> {
  for (const end = Date.now() + limit * 1000; ; ) {
    const found = await ifThere(container.inspect());
    if (!found?.State.Running) return;
    const patient = Date.now() < end;
    const signal = patient ? (found.Config as { StopSignal?: string }).StopSignal || "SIGTERM" : "SIGKILL";
    await container.kill({ signal }).catch(unlessOff);
    for (const next = Date.now() + again * 1000; Date.now() < next; await sleep(100)) {
      if (!(await ifThere(container.inspect()))?.State.Running) return;
    }
  }
}

/** Takes it as no error that a container does not run (409) or is gone (404). */
export function unlessOff(error: unknown): void {
  if (statusOf(error) !== 409 && statusOf(error) !== 404) throw error;
}
