import { Failure } from "../failure";

/** Rejects when this process is asked to end, so that what it does can be ended in order. */
export function interruption(): Promise<never> {
  const asked = new Promise<never>((_, reject) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => reject(new Failure(`it was asked to end (${signal})`)));
  });
  asked.catch(() => {});
  return asked;
}
