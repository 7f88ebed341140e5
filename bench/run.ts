/** Measures Slipway in the sandbox, as ratios within one run: `npm run bench` runs all, `npm run bench -- NAME` one. */

import { TestStack } from "../test/e2e/support/stack";
import { tenApps } from "./apps";
import { codeChange } from "./codeChange";
import { fromNothing } from "./fromNothing";
import { memory } from "./memory";
import { preview } from "./preview";
import { previews } from "./previews";
import { manyReleases } from "./releases";
import { printReport, type Report } from "./report";
import { serving } from "./serving";

/** Slot of the sandbox that nothing else uses. */
const slot = 6;

const benches: Readonly<Record<string, (stack: TestStack) => Promise<Report>>> = {
  "from-nothing": fromNothing,
  preview,
  "code-change": codeChange,
  memory,
  serving,
  releases: manyReleases,
  apps: tenApps,
  previews,
};

async function main(asked: readonly string[]): Promise<void> {
  const unknown = asked.filter((name) => !(name in benches));
  if (unknown.length > 0) {
    process.stderr.write(`no bench is named ${unknown.join(", ")}; there are ${Object.keys(benches).join(", ")}\n`);
    process.exitCode = 1;
    return;
  }
  const stack = new TestStack(slot);
  try {
    await stack.verb("down");
    for (const [name, bench] of Object.entries(benches)) {
      if (asked.length > 0 && !asked.includes(name)) continue;
      const report = await bench(stack);
      printReport(name, report);
      if (!report.rows.every((row) => row.value <= row.limit)) process.exitCode = 1;
    }
  } finally {
    await stack.remove();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
