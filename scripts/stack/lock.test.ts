import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { type Holder, holdersIn, isPulumi, judge, lockText } from "./lock";

const refusal = `error: the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.
  file:///state/.pulumi/locks/organization/shop/prod/1.json?no_tmp_dir=true: created by bo@laptop (pid 4242) at 2026-01-01T12:00:00Z
  s3://state/.pulumi/locks/organization/shop/prod/2.json?region=fra1: created by DOMAIN\\ci runner@fv-az77 (pid 99) at 2026-01-01T12:30:00+01:00
`;
const bo: Holder = { host: "laptop", process: { user: "bo", pid: 4242, since: "2026-01-01T12:00:00Z" } };
const ci: Holder = {
  host: "fv-az77",
  process: { user: "DOMAIN\\ci runner", pid: 99, since: "2026-01-01T12:30:00+01:00" },
};

it("takes the holders out of Pulumi's refusal", () => {
  expect(holdersIn(refusal)).toEqual([bo, ci]);
  expect(holdersIn("error: a stack named prod already exists")).toEqual([]);
});

describe("a holder", () => {
  it("is judged by whether its process still runs here", () => {
    expect(judge(bo, "laptop", (pid) => pid === 4242)).toBe("running");
    expect(judge(bo, "laptop", () => false)).toBe("gone");
    expect(judge(bo, "elsewhere", () => true)).toBe("unknown");
    expect(judge({ host: "https://app.pulumi.com" }, "laptop", () => true)).toBe("unknown");
  });

  it("is gone where its number has gone to another program", async () => {
    expect(isPulumi(process.pid)).toBe(false);
    const ended = spawn("true");
    await new Promise((resolve) => ended.once("exit", resolve));
    expect(isPulumi(Number(ended.pid))).toBe(false);
  });

  it("is running where it is a Pulumi", async () => {
    const running = spawn("sleep", ["30"], { argv0: "/usr/local/bin/pulumi" });
    await new Promise((resolve) => running.once("spawn", resolve));
    expect(isPulumi(Number(running.pid))).toBe(true);
    running.kill();
  });
});

describe("what is told of a lock", () => {
  const report = { stack: "prod", holders: [bo], written: "2026-01-01T12:05:00Z" };
  const now = Date.parse("2026-01-01T13:30:00Z");
  const told = (verdict: Parameters<typeof lockText>[1][number], yes = false, holder = bo) =>
    lockText({ ...report, holders: [holder] }, [verdict], { yes, now });

  it("opens what nobody can be holding", () => {
    expect(told("gone")).toEqual({
      opens: true,
      lines: [
        "stack prod is locked by bo on laptop (process 4242) since 2026-01-01 12:00 UTC (90 min ago)",
        "  it ran on this computer and is gone, so it holds nothing any more",
      ],
    });
  });

  it("never opens under a run of this computer, whatever a person says", () => {
    expect(told("running", true)).toEqual({
      opens: false,
      lines: [
        "stack prod is locked by bo on laptop (process 4242) since 2026-01-01 12:00 UTC (90 min ago)",
        "  it is running on this computer: wait for it, or have it end in good order: kill -INT 4242",
      ],
    });
  });

  it("asks about a run of another computer, and opens once told that it is over", () => {
    expect(told("unknown").opens).toBe(false);
    expect(told("unknown").lines.slice(1)).toEqual([
      "  it ran on another computer, so nobody here can tell whether it still does: look at the CI job, or ask",
      "  its state was last written 2026-01-01 12:05 UTC (85 min ago)",
      "if that run is over: ./scripts/unlock prod --yes",
    ]);
    expect(told("unknown", true).opens).toBe(true);
  });

  it("opens nothing while one of several may be holding it", () => {
    const { opens, lines } = lockText({ ...report, holders: [bo, ci] }, ["gone", "unknown"], { yes: false, now });
    expect(opens).toBe(false);
    expect(lines).toHaveLength(6);
  });

  it("says what Pulumi Cloud says, and where nothing is locked", () => {
    expect(told("unknown", false, { host: "https://app.pulumi.com/team" }).lines[0]).toBe(
      "stack prod is being updated, says https://app.pulumi.com/team",
    );
    expect(lockText({ ...report, holders: [] }, [], { yes: true, now })).toEqual({
      lines: ["stack prod is not locked"],
      opens: false,
    });
  });
});
