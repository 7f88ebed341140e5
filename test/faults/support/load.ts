/** Load on a machine from a container on the sandbox's network. */

import { resolve } from "node:path";
import { execa } from "execa";
import type { LoadOrder, LoadResult } from "../../../bench/loadResult";
import { type Harbour, hostOf } from "./harbour";

/** A load that is under way. */
export interface Load {
  /** Ends it; resolves when the last request has its answer. */
  stop(): Promise<LoadResult>;
}

/** Begins load on an app; resolves once it is under way. */
export async function beginLoad(
  harbour: Harbour,
  { app = "harbour", ...rest }: { app?: string } & Pick<LoadOrder, "scale" | "without"> = {},
): Promise<Load> {
  const order: LoadOrder = { address: harbour.address, host: hostOf(app), ...rest };
  const { slot } = harbour.stack;
  const { stdout: id } = await execa("docker", [
    ...["create", "--interactive", "--rm", "--init", "--network", `slipway-sandbox-${slot}`],
    ...["--label", `slipway.sandbox=${slot}`, "slipway-sandbox/node:20", "node", "/load.js", JSON.stringify(order)],
  ]);
  await execa("docker", ["cp", "-q", resolve("dist/bench/load.js"), `${id}:/load.js`]);
  const child = execa("docker", ["start", "--attach", "--interactive", id], {
    stdin: "pipe",
    maxBuffer: 1 << 30,
    reject: false,
  });
  await new Promise<void>((begun, failed) => {
    child.stderr.on("data", (text: Buffer) => String(text).includes("load has begun") && begun());
    child.once("exit", () => failed(new Error("the load generator ended before it had begun")));
  });
  return {
    async stop() {
      child.stdin.end();
      const { stdout, stderr, exitCode } = await child;
      if (exitCode !== 0) throw new Error(`the load generator failed: ${stderr}`);
      return JSON.parse(stdout) as LoadResult;
    },
  };
}
