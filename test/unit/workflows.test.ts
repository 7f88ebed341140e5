import { accessSync, constants, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentOf, readWorkflows, type Workflow } from "../support/workflows";

const workflows = readWorkflows();
const action = {
  file: ".github/actions/set-up/action.yml",
  text: readFileSync(".github/actions/set-up/action.yml", "utf8"),
};

const jobsOf = ({ jobs }: Workflow) => Object.entries(jobs).map(([name, job]) => ({ name, job }));
const runsOf = (workflow: Workflow) => jobsOf(workflow).flatMap(({ job }) => job.steps.flatMap(({ run }) => run ?? []));

/** What a token may be given to do here, and nothing else. */
const allowed = { contents: ["read"], "pull-requests": ["read", "write"], packages: ["write"] };

it("actions are pinned by commit, with the version beside it, the same one everywhere", () => {
  const used = [...workflows, action].flatMap(({ file, text }) =>
    [...text.matchAll(/uses: (\S+)(.*)/g)].map(([, what = "", rest = ""]) => ({ file, what, rest })),
  );
  const foreign = used.filter(({ what }) => !what.startsWith("./"));
  expect(foreign.length).toBeGreaterThan(5);
  for (const { file, what, rest } of foreign) {
    expect(what, file).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    expect(rest, `${file}: ${what}`).toMatch(/^ # v\d+\.\d+\.\d+$/);
  }
  const pins = new Map(foreign.map(({ what }) => [what.split("@")[0], what]));
  expect(foreign.filter(({ what }) => pins.get(what.split("@")[0]) !== what)).toEqual([]);
});

it("runs what a branch brings on no runner that deploys", () => {
  const runners = (branches: boolean) =>
    workflows
      .filter((workflow) => (JSON.stringify(runsOf(workflow)).match(/preview-env|scripts\/plan/) !== null) === branches)
      .flatMap((workflow) => jobsOf(workflow).map(({ job }) => String(job["runs-on"])));
  const variables = (texts: readonly string[]) => new Set(texts.flatMap((text) => text.match(/vars\.\w+/g) ?? []));
  expect([...variables(runners(true))]).toEqual(["vars.SLIPWAY_PULL_RUNNER"]);
  expect([...variables(runners(false))]).toEqual(["vars.SLIPWAY_RUNNER"]);
});

describe.each(workflows)("$file", (workflow) => {
  it("runs scripts of ours alone, each by itself, so that it is the one whom a cancelled run is told", () => {
    const [folder, here] = workflow.file.startsWith(".github/") ? ["scripts", "scripts"] : ["deploy", "workflows/app"];
    const runs = runsOf(workflow);
    expect(runs.length).toBeGreaterThan(0);
    for (const run of runs) {
      const [, at, verb] = /^exec \.\/([a-z]+)\/([a-z-]+)(?: [^\n;&|]+)?$/.exec(run) ?? [];
      expect(at, run).toBe(folder);
      expect(() => accessSync(join(here, verb ?? ""), constants.X_OK), run).not.toThrow();
    }
  });

  it("lets nothing that others write into a shell", () => {
    expect(runsOf(workflow).filter((run) => run.includes("${{"))).toEqual([]);
    expect(Object.keys(workflow.on)).not.toContain("pull_request_target");
  });

  it("asks for as little as it can", () => {
    expect(workflow.permissions).toBeDefined();
    const given = [workflow.permissions ?? {}, ...jobsOf(workflow).map(({ job }) => job.permissions ?? {})];
    for (const [what, level] of given.flatMap(Object.entries)) {
      expect(allowed[what as keyof typeof allowed], what).toContain(level);
    }
    for (const { job } of jobsOf(workflow)) {
      for (const { uses, with: given } of job.steps) {
        if (uses?.startsWith("actions/checkout@")) expect(given?.["persist-credentials"]).toBe(false);
      }
    }
  });

  it("gives secrets to jobs of an environment only, and to none of a fork's", () => {
    for (const { name, job } of jobsOf(workflow)) {
      const text = JSON.stringify(job);
      if (!text.includes("secrets.")) continue;
      expect(environmentOf(job), name).toBeDefined();
      if ("pull_request" in workflow.on)
        expect(job.if, name).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    }
  });

  it("never cuts off what works on a stack, and ends by itself", () => {
    for (const { name, job } of jobsOf(workflow)) {
      expect(job["timeout-minutes"], name).toBeGreaterThan(0);
      if (!/scripts\/(deploy|preview-env)|release ship/.test(JSON.stringify(job.steps))) continue;
      expect(job.concurrency?.["cancel-in-progress"], name).toBe(false);
    }
  });
});
