/** Tells a person what is going on, one line at a time. */
export type Say = (line: string) => void;

/** Does `work` and says before that it begins and after how long it took, in seconds. */
export async function timed<T>(say: Say, what: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  say(`${what} …`);
  const ticking = setInterval(() => say(`${what}: ${seconds(began)} s so far`), 30_000);
  try {
    const result = await work();
    say(`${what}: done in ${seconds(began)} s`);
    return result;
  } finally {
    clearInterval(ticking);
  }
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
