import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withLock } from "./lock";

const fresh = async () => join(await mkdtemp(join(tmpdir(), "lock-")), "folder", "lock");

describe("withLock", () => {
  it("lets one in at a time, in a folder that it makes", async () => {
    const file = await fresh();
    let inside = 0;
    const most: number[] = [];
    const work = async () => {
      inside += 1;
      most.push(inside);
      await sleep(30);
      inside -= 1;
    };
    await Promise.all([withLock(file, () => undefined, work), withLock(file, () => undefined, work)]);
    expect(most).toEqual([1, 1]);
  });

  it("is let go when the work fails", async () => {
    const file = await fresh();
    await expect(
      withLock(
        file,
        () => undefined,
        () => Promise.reject(new Error("no")),
      ),
    ).rejects.toThrow("no");
    expect(
      await withLock(
        file,
        () => undefined,
        async () => "in",
      ),
    ).toBe("in");
  });

  it("waits for another program, says so, and gets it when that one is killed", async () => {
    const file = await fresh();
    await withLock(
      file,
      () => undefined,
      async () => undefined,
    );
    const other = spawn("flock", ["--no-fork", file, "sleep", "60"]);
    await sleep(200);
    const said: string[] = [];
    const turn = withLock(
      file,
      (line) => said.push(line),
      async () => "in",
    );
    await sleep(1300);
    expect(said).toEqual([`waiting for another run that holds ${file}`]);
    other.kill("SIGKILL");
    expect(await turn).toBe("in");
  });
});
