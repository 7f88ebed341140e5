import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { Api, readSettings } from "./api";

const signal = new AbortController().signal;
let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An API that gives these answers one after another, the last for ever. */
async function answering(answers: readonly (readonly [number, string, Record<string, string>?])[]) {
  const asked: string[] = [];
  const made = createServer((request, response) => {
    const [status, body, headers] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, ""];
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.writeHead(status, headers).end(body);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  const settings = readSettings({ url, token: "t", minRetryDelayMs: 1, maxRetryDelayMs: 2 }, {});
  return { api: new Api(settings), asked };
}

const errors = (reason: string, field?: string) =>
  JSON.stringify({ errors: [{ reason, ...(field ? { field } : {}) }] });

it("is found where the configuration, then the variables, then the real plugin's defaults say", () => {
  expect(readSettings({}, {})).toEqual({
    endpoint: "https://api.linode.com/v4/",
    token: "",
    retries: 4,
    shortestWait: 0.1,
    longestWait: 30,
  });
  const env = { LINODE_URL: "http://a/", LINODE_TOKEN: "e", LINODE_API_VERSION: "v4beta" };
  expect(readSettings({}, env)).toMatchObject({ endpoint: "http://a/v4beta/", token: "e" });
  expect(readSettings({ url: "http://b", token: "c" }, env)).toMatchObject({ token: "c" });
});

describe("requests", () => {
  it("carry the token below the API's version", async () => {
    const { api, asked } = await answering([[200, '{"id":1}']]);
    expect(await api.get("linode/instances/1", signal)).toEqual({ id: 1 });
    expect(asked).toEqual(["GET /v4/linode/instances/1 Bearer t"]);
  });

  it.each([
    [429, errors("Too many requests"), { "retry-after": "0" }],
    [503, errors("Service unavailable"), { "retry-after": "0" }],
    [408, "", {}],
    [400, errors("Linode busy."), {}],
  ] as const)("are tried again after %d %s", async (status, body, headers) => {
    const { api, asked } = await answering([
      [status, body, headers],
      [200, "{}"],
    ]);
    await api.post("linode/instances", {}, signal);
    expect(asked).toHaveLength(2);
  });

  it.each([
    [
      400,
      errors("Label must be unique among your linodes", "label"),
      "[400] [label] Label must be unique among your linodes",
    ],
    [
      400,
      errors("Account Limit reached. Please open a support ticket."),
      "[400] Account Limit reached. Please open a support ticket.",
    ],
    [401, errors("Invalid Token"), "[401] Invalid Token; give a valid token as linode:token or in LINODE_TOKEN"],
    [403, errors("Unauthorized"), "[403] Unauthorized"],
    [500, "<html>\nbroken", "[500] <html>"],
    [501, errors("a limit of the sandbox"), "[501] a limit of the sandbox"],
  ])("end with %d and its reasons", async (status, body, text) => {
    const { api, asked } = await answering([[status, body]]);
    await expect(api.post("linode/instances", {}, signal)).rejects.toThrow(`/v4/linode/instances: ${text}`);
    expect(asked).toHaveLength(1);
  });

  it("name the setting of an address that doesn't answer", async () => {
    const { api } = await answering([]);
    server?.close();
    await expect(api.get("x", signal)).rejects.toThrow(/\(linode:url is http:\/\/127\.0\.0\.1:\d+\/v4\/\)$/);
  });
});
