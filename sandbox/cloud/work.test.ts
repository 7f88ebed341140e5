import { expect, it } from "vitest";
import { WorkQueue } from "./work";

it("runs the jobs of one machine in order and those of others beside them", async () => {
  const work = new WorkQueue();
  const seen: string[] = [];
  const open: (() => void)[] = [];
  const job =
    (name: string, waits = false) =>
    async () => {
      seen.push(`${name} begins`);
      if (waits) await new Promise<void>((resolve) => open.push(resolve));
      seen.push(`${name} ends`);
    };
  const first = work.run("a", job("a1", true));
  const failing = work.run("a", () => Promise.reject(new Error("broken")));
  void work.run("a", job("a2"));
  await work.run("b", job("b1"));
  expect(seen).toEqual(["a1 begins", "b1 begins", "b1 ends"]);
  expect(work.machines()).toContain("a");
  for (const resolve of open) resolve();
  await first;
  await expect(failing).rejects.toThrow("broken");
  await work.idle();
  expect(seen.slice(3)).toEqual(["a1 ends", "a2 begins", "a2 ends"]);
  expect(work.machines()).toEqual([]);
});

it("waits for a machine no longer than it is told to", async () => {
  const work = new WorkQueue();
  let open: (() => void) | undefined;
  const job = work.run("a", () => new Promise<void>((resolve) => (open = resolve)));
  await Promise.resolve();
  await work.idleWithin(5, ["b"]);
  await work.idleWithin(5, ["a"]);
  expect(work.machines()).toEqual(["a"]);
  const idle = work.idleWithin(60_000, ["a"]);
  open?.();
  await idle;
  expect(work.machines()).toEqual([]);
  await job;
});
