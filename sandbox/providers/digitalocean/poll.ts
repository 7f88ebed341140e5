import { until } from "../until";
import type { Answer, Api } from "./api";

/** Waits for an action, by the path it is asked for, to be completed. */
export async function completed(api: Api, path: string, signal: AbortSignal): Promise<void> {
  await until(`the action ${path}`, 3_600, signal, async () => {
    const { action }: Answer = await api.get(path, signal);
    if (action.status === "errored") throw new Error(`the action ${action.type} (${path}) ended with an error`);
    return action.status === "completed" ? true : undefined;
  });
}
