import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
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
async function answering(
  answers: readonly ((request: IncomingMessage, response: ServerResponse) => void)[],
): Promise<{ api: Api; asked: string[] }> {
  const asked: string[] = [];
  const made = createServer((request, response) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    answer?.(request, response);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  return { api: new Api({ endpoint, token: "t", retries: 2, shortestWait: 0.01, longestWait: 0.02 }), asked };
}

const status =
  (code: number, body = "{}", headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(code, headers).end(body);

describe("settings", () => {
  it("come from the configuration, then the variables, then the real plugin's defaults", () => {
    expect(readSettings({}, {})).toEqual({
      endpoint: "https://api.digitalocean.com",
      token: "",
      retries: 4,
      shortestWait: 1,
      longestWait: 30,
    });
    const env = { DIGITALOCEAN_API_URL: "http://a", DIGITALOCEAN_TOKEN: "e", DIGITALOCEAN_HTTP_RETRY_MAX: "1" };
    expect(readSettings({ token: "c", httpRetryMax: "7" }, env)).toMatchObject({
      endpoint: "http://a",
      token: "c",
      retries: 7,
    });
  });
});

describe("requests", () => {
  it("carry the token, and read JSON or nothing", async () => {
    const { api, asked } = await answering([status(200, '{"a":1}'), status(204, "")]);
    expect(await api.get("v2/x", signal)).toEqual({ a: 1 });
    expect(await api.delete("v2/x", signal)).toBeUndefined();
    expect(asked).toEqual(["GET /v2/x Bearer t", "DELETE /v2/x Bearer t"]);
  });

  it.each([429, 500, 502, 503])("are tried again after %d", async (code) => {
    const { api, asked } = await answering([status(code, "{}", { "retry-after": "0" }), status(200)]);
    expect(await api.post("v2/x", {}, signal)).toEqual({});
    expect(asked.length).toBe(2);
  });

  it("are tried again after a lost connection", async () => {
    const { api, asked } = await answering([(request) => void request.socket.destroy(), status(200)]);
    expect(await api.get("v2/x", signal)).toEqual({});
    expect(asked.length).toBe(2);
  });

  it("are given up after as many tries as are allowed", async () => {
    const { api, asked } = await answering([status(500, '{"id":"server_error","message":"broken"}')]);
    await expect(api.get("v2/x", signal)).rejects.toThrow(/^GET http:\/\/127\.0\.0\.1:\d+\/v2\/x: 500 broken$/);
    expect(asked.length).toBe(3);
  });

  it.each([400, 403, 404, 422, 501])("are not tried again after %d", async (code) => {
    const { api, asked } = await answering([status(code, '{"id":"x","message":"no"}', { "x-request-id": "r-1" })]);
    await expect(api.get("v2/x", signal)).rejects.toThrow(new RegExp(`: ${code} \\(request "r-1"\\) no$`));
    expect(asked.length).toBe(1);
  });

  it("say what to do about a wrong token", async () => {
    const { api } = await answering([status(401, '{"id":"Unauthorized","message":"Unable to authenticate you"}')]);
    await expect(api.get("v2/x", signal)).rejects.toThrow(
      "401 Unable to authenticate you; give a valid token as digitalocean:token or in DIGITALOCEAN_TOKEN",
    );
  });

  it("name the endpoint that doesn't answer", async () => {
    const { api } = await answering([]);
    server?.close();
    await expect(api.get("v2/x", signal)).rejects.toThrow(
      /ECONNREFUSED.* \(digitalocean:apiEndpoint is http:\/\/127\.0\.0\.1:\d+\)$/,
    );
  });

  it("find nothing where there is nothing", async () => {
    const { api } = await answering([status(404)]);
    expect(await api.find("v2/x", signal)).toBeUndefined();
  });

  it("end when the run is cancelled", async () => {
    const { api } = await answering([status(503, "{}", { "retry-after": "60" })]);
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error("cancelled")), 50);
    await expect(api.get("v2/x", cancel.signal)).rejects.toThrow();
  });
});
