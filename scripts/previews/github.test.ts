import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openPulls, refuseFork } from "./github";

const folder = mkdtempSync(join(tmpdir(), "slipway-event-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** An event as GitHub writes it for a run. */
function event(head: { full_name: string } | null | undefined): Record<string, string> {
  const path = join(folder, "event.json");
  const repo = { full_name: "acme/notes" };
  writeFileSync(
    path,
    JSON.stringify(head === undefined ? {} : { pull_request: { head: { repo: head }, base: { repo } } }),
  );
  return { GITHUB_EVENT_PATH: path };
}

it("lets no fork's code run beside the team's", () => {
  expect(() => refuseFork(event({ full_name: "mallory/notes" }))).toThrow(
    "this pull request is from mallory/notes, not from a branch of acme/notes: it gets a plan and no environment",
  );
  expect(() => refuseFork(event(null))).toThrow("from a fork that is gone");
  for (const env of [event({ full_name: "acme/notes" }), event(undefined), {}, { GITHUB_EVENT_PATH: "/none" }])
    expect(() => refuseFork(env)).not.toThrow();
});

it("asks GitHub for all pages of open pull requests, and says what the token lacks", async () => {
  let status = 200;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    const page = Number(url.searchParams.get("page") ?? "1");
    response.statusCode = status;
    response.setHeader("content-type", "application/json");
    const next = `http://localhost:${(server.address() as AddressInfo).port}${url.pathname}?state=open&page=2`;
    if (page === 1) response.setHeader("link", `<${next}>; rel="next"`);
    response.end(status === 200 ? JSON.stringify([{ number: page === 1 ? 7 : 9 }]) : '{"message":"no"}');
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const env = { GITHUB_TOKEN: "t", GITHUB_API_URL: `http://localhost:${(server.address() as AddressInfo).port}` };
  try {
    expect(await openPulls("acme/notes", env)).toEqual([7, 9]);
    status = 403;
    await expect(openPulls("acme/notes", env)).rejects.toThrow("(403); its token needs pull-requests: read");
    expect(await openPulls("acme/notes", {})).toBeUndefined();
  } finally {
    server.close();
  }
});
