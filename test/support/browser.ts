/** A real browser that looks at a page, and what a person would not like to see there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { aptInstall } from "../../scripts/setup/apt";

/** Debian's browser. */
const CHROMIUM = "/usr/bin/chromium";

/** Starts the browser; installs it where it isn't there yet. */
export async function openBrowser(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) await aptInstall("a browser for the page", ["chromium"]);
  // Root, as in containers, has no sandbox of Chromium's own.
  return chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
}

/** What is wrong with a page as it stands in the browser's window; see `flaws.js`. */
export function flawsOf(page: Page): Promise<string[]> {
  return page.evaluate(readFileSync(join(__dirname, "flaws.js"), "utf8"));
}
