import { Failure } from "../failure";
import { run } from "./process";

/** Runs systemctl. @throws Failure in its own words */
export async function systemctl(...words: readonly string[]): Promise<void> {
  const { code, output } = await run(["systemctl", ...words]);
  if (code !== 0) throw new Failure(`systemctl ${words.join(" ")}: ${output.trim()}`);
}
