import { expect, it } from "vitest";
import { deployFailure, deploySummary } from "./summary";

it("tells what is live where, by digest", () => {
  const outputs = {
    urls: { notes: ["https://notes.example.com"] },
    releases: { notes: { number: 7, images: { web: `ghcr.io/example/notes@sha256:${"ab".repeat(32)}` } } },
  };
  expect(deploySummary("staging", { changes: "1 change: 1 update", seconds: 12.4, outputs })).toBe(
    [
      "## Stack `staging` is up",
      "1 change: 1 update, in 12 s.",
      "| app | release | images | answers at |\n|---|---:|---|---|\n| notes | 7 | web `notes@sha256:abababababab` | https://notes.example.com |",
    ].join("\n\n"),
  );
});

it("tells of a failure what it was, and that nothing went down", () => {
  expect(deployFailure("staging", "pulumi up failed ```", "https://github.com/a/b/actions/runs/1")).toBe(
    "## Stack `staging` is not up\n\n```text\npulumi up failed '''\n```\n\nWhat was live goes on serving. [The run](https://github.com/a/b/actions/runs/1) tells more.",
  );
});
