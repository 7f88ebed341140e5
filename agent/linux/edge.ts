/** Caddy on this machine, by its admin API: a change takes 10 ms where the `caddy` command takes 30. */
import { request } from "node:http";
import { Failure } from "../failure";
import type { Edge } from "../host";
import { messageOf, textOf } from "./engine-api";

const ADMIN = { host: "127.0.0.1", port: 2019 };
/** Milliseconds for Caddy to take over a configuration. */
const LIMIT = 30_000;

/** Caddy checks all of a new configuration before it gives up the old one, and finishes requests under the old one. */
export const linuxEdge: Edge = {
  async load(configuration) {
    const problem = await new Promise<string | undefined>((resolve, reject) => {
      const sent = request(
        {
          ...ADMIN,
          method: "POST",
          path: "/load",
          headers: { host: "localhost:2019", "content-type": "text/caddyfile" },
          timeout: LIMIT,
        },
        async (answer) => {
          const text = await textOf(answer);
          resolve(answer.statusCode === 200 ? undefined : errorOf(text) || `status ${answer.statusCode}`);
        },
      );
      sent.once("timeout", () => sent.destroy(new Error(`no answer within ${LIMIT / 1000} s`)));
      sent.once("error", reject);
      sent.end(configuration);
    }).catch((error: Error) => `${error.message}. Is it running? systemctl status caddy`);
    if (problem !== undefined) throw new Failure(`Caddy does not take the new configuration: ${problem}`);
  },
};

function errorOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error?: unknown }).error ?? "");
  } catch {
    return messageOf(text);
  }
}
