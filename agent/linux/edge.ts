/** Caddy on this machine, by its admin API: a change takes 10 ms where the `caddy` command takes 30. */
import { request } from "node:http";
import { connect } from "node:tls";
import { refusalsIn } from "../edge-log";
import { Failure } from "../failure";
import type { Certificate, Edge } from "../host";
import { messageOf, textOf } from "./engine-api";
import { run } from "./process";

const ADMIN = { host: "127.0.0.1", port: 2019 };
/** Milliseconds for Caddy to take over a configuration. */
const LIMIT = 30_000;

/** Caddy checks all of a new configuration before it gives up the old one, and finishes requests under the old one. */
export const linuxEdge: Edge = {
  async load(configuration, anew = false) {
    const problem = await new Promise<string | undefined>((resolve, reject) => {
      const sent = request(
        {
          ...ADMIN,
          method: "POST",
          path: "/load",
          headers: {
            host: "localhost:2019",
            "content-type": "text/caddyfile",
            ...(anew && { "cache-control": "must-revalidate" }),
          },
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
  certificate,
  async refusals() {
    const { output } = await run([
      "journalctl",
      ...["--unit", "caddy", "--output", "cat", "--quiet", "--no-pager"],
      ...["--grep", '"identifier"', "--lines", String(LINES)],
    ]);
    return refusalsIn(output);
  },
};

/** Lines of the log that are looked at: an attempt writes about ten. */
const LINES = 500;
/** Milliseconds for a handshake with the edge on this host. */
const HANDSHAKE = 3_000;

/** Says hello as a visitor of `name` would. What it shows is not judged here: no one but visitors knows which authorities they trust. */
function certificate(name: string): Promise<Certificate | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port: 443, servername: name, rejectUnauthorized: false });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${HANDSHAKE / 1000} s`)), HANDSHAKE);
    socket.once("secureConnect", () => {
      const { issuer, valid_from, valid_to } = socket.getPeerCertificate();
      resolve({ issuer: nameOf(issuer), from: Date.parse(valid_from), until: Date.parse(valid_to) });
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      // The alert of a server that has no certificate for the name it was asked for.
      if (error.code === "ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR") resolve(undefined);
      else reject(new Failure(`the edge does not answer on port 443: ${error.message}`));
    });
    socket.once("close", () => clearTimeout(timer));
  });
}

function nameOf(issuer: { CN?: unknown; O?: unknown }): string {
  return String(issuer.CN ?? issuer.O ?? "an unnamed authority");
}

function errorOf(text: string): string {
  try {
    return String((JSON.parse(text) as { error?: unknown }).error ?? "");
  } catch {
    return messageOf(text);
  }
}
