import { request } from "node:http";
import { quote } from "shell-quote";
import { UserError } from "../lib/userError";
import { forward, trustedIssuers } from "./sandbox";
import type { Slot } from "./slot";

/** A URL of a stack's in the sandbox. */
export interface Reachable {
  /** As a browser on this computer opens it, where it can. */
  readonly url: string;
  /** A line to paste where it can't: its certificate is good for the name and port that the world knows. */
  readonly way?: string;
}

/** The URLs of a stack in the sandbox. @param outputs what it gives back @throws UserError if one does not answer */
export async function reachableUrls(slot: Slot, outputs: Record<string, unknown>): Promise<Reachable[]> {
  const address = String(outputs.address);
  const urls = Object.values(outputs.urls as Record<string, string[]>).flat();
  return Promise.all(
    urls.map(async (text) => {
      const url = new URL(text);
      const port = url.protocol === "https:" ? 443 : 80;
      const way = await forward(slot, address, port);
      if (url.protocol === "https:" && !url.hostname.endsWith(".localhost")) {
        const trust = quote(["--cacert", await trustedIssuers(slot)]);
        return { url: url.href, way: `curl ${trust} --connect-to ::${way.host}:${way.port} ${url.href}` };
      }
      url.port = String(way.port);
      if (url.protocol === "http:" && url.hostname.endsWith(".localhost")) await expectAnswer(url);
      return { url: url.href };
    }),
  );
}

/** Longest wait for an app to answer, in ms: its machine may have been restarted for a new size. */
const answerLimit = 90_000;

async function expectAnswer(url: URL): Promise<void> {
  let status: number | string = "no answer";
  for (const end = Date.now() + answerLimit; Date.now() < end; ) {
    status = await statusOf(url);
    if (typeof status === "number" && status < 500) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new UserError(
    `${url.href} does not answer as it should (${status}); ./scripts/sandbox status shows the machine`,
  );
}

/** Status of a GET, or what went wrong. Node resolves names by the system's rules, which need not know *.localhost. */
function statusOf(url: URL): Promise<number | string> {
  return new Promise((resolve) => {
    // A connection kept open would keep this program, too.
    const asked = request(
      {
        host: "127.0.0.1",
        port: url.port,
        path: url.pathname,
        headers: { host: url.host },
        agent: false,
        timeout: 10_000,
      },
      (response) => {
        response.destroy();
        resolve(response.statusCode ?? 0);
      },
    );
    asked
      .on("timeout", () => asked.destroy(new Error("no answer within 10 s")))
      .on("error", (error) => resolve(error.message));
    asked.end();
  });
}
