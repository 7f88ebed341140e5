/** Asks a stack's addresses as a visitor would, at the machine itself. */
import { request as plainRequest } from "node:http";
import { request as tlsRequest } from "node:https";
import type { TLSSocket } from "node:tls";

/** An answer to a GET. */
export interface Answer {
  readonly status: number;
  /** Who signed the certificate, as far as it was checked; none over plain HTTP. */
  readonly issuer?: string;
}

/** Longest wait for one answer, in ms. */
const PATIENCE = 10_000;

/**
 * @param address the machine's, whatever the name in `url` leads to elsewhere
 * @param authority PEM text of what signed the certificates, besides those that Node trusts
 * @throws Error if there is no answer, or a certificate is not in order
 */
export function ask(url: URL, address: string, authority: string | undefined): Promise<Answer> {
  const encrypted = url.protocol === "https:";
  const options = {
    host: address,
    port: encrypted ? 443 : 80,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host },
    agent: false as const,
    timeout: PATIENCE,
  };
  return new Promise((resolve, reject) => {
    const asked = encrypted
      ? tlsRequest({ ...options, servername: url.hostname, ...(authority === undefined ? {} : { ca: authority }) })
      : plainRequest(options);
    asked.once("response", (response) => {
      const issuer = encrypted ? (response.socket as TLSSocket).getPeerCertificate().issuer?.CN : undefined;
      response.destroy();
      resolve({ status: response.statusCode ?? 0, ...(issuer === undefined ? {} : { issuer: String(issuer) }) });
    });
    asked.once("timeout", () => asked.destroy(new Error(`no answer within ${PATIENCE / 1000} s`)));
    asked.once("error", reject);
    asked.end();
  });
}
