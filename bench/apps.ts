import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask, type TestStack } from "../test/e2e/support/stack";
import { onStack, pulumiOf, type RunPulumi } from "./pulumi";
import { median, type Report } from "./report";

const rounds = 5;
const apps = 10;

/** `up` of a change in one app of ten on a machine against the same with that app alone. */
export async function tenApps(stack: TestStack): Promise<Report> {
  await stack.verb("down");
  await stack.verb("sandbox", ["start", "--with", "node"]);
  try {
    return await measure(stack);
  } finally {
    await stack.verb("down");
    stack.resetSettings();
  }
}

async function measure(stack: TestStack): Promise<Report> {
  stack.configure((settings) => settings.setIn(["config", "slipway:apps"], {}));
  addApp(stack, 0);
  const { port } = new URL((await stack.up()).url);
  const pulumi = await pulumiOf(stack);
  const alone = await changes(stack, pulumi, port, "alone");
  for (let app = 1; app < apps; app++) addApp(stack, app);
  await stack.up();
  const among = await changes(stack, pulumi, port, "among");
  const what = `up of one app's change, ${apps} apps / 1 app`;
  return {
    rows: [{ what, value: median(among) / median(alone), limit: 1.3, unit: "×" }],
    raw: { "1 app, s": alone, [`${apps} apps, s`]: among },
  };
}

const folderOf = (stack: TestStack, app: number) => join(stack.folder, `app${app}`);

/** A copy of harbour with a host name of its own; all share the layers of one image. */
function addApp(stack: TestStack, app: number): void {
  const folder = folderOf(stack, app);
  mkdirSync(folder, { recursive: true });
  cpSync(join(process.cwd(), "test", "apps", "harbour"), folder, { recursive: true });
  stack.configure((settings) =>
    settings.setIn(["config", "slipway:apps", `app${app}`], {
      folder,
      routes: [`app${app}.localhost`],
      build: { args: { BASE: "slipway-sandbox/node:20" } },
      // Watching is time that passes by itself, and would hide the rest.
      limits: { watch: 0 },
    }),
  );
}

/** Changes the first app again and again. @returns seconds of each `up` */
async function changes(stack: TestStack, pulumi: RunPulumi, port: string, name: string): Promise<number[]> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const version = `${name}-${round}`;
    writeFileSync(join(folderOf(stack, 0), "behaviour.json"), JSON.stringify({ version }));
    const took = await pulumi(["up", "--yes", "--skip-preview", ...onStack(stack)]);
    if (!(await ask(`http://app0.localhost:${port}/`)).body.includes(version))
      throw new Error(`version ${version} is not served`);
    // The first round warms the caches.
    if (round > 0) seconds.push(took);
  }
  return seconds;
}
