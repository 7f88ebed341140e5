/** Emulated clouds that a plugin under test speaks to over HTTP. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { type TestSandbox, testSandbox } from "../testing";

/**
 * Serves a sandbox on loopback for the tests of a file, a fresh one for each test.
 * @param configure is told its address once
 * @param begin is handed each fresh one
 */
export function testCloud(configure: (url: string) => void, begin: (sandbox: TestSandbox) => void): void {
  let sandbox: TestSandbox;
  let server: Server;
  beforeAll(async () => {
    server = await new Promise<Server>((resolve) => {
      const made = serve({ fetch: (request) => sandbox.app.fetch(request), hostname: "127.0.0.1", port: 0 }, () =>
        resolve(made as Server),
      );
    });
    configure(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });
  beforeEach(async () => {
    sandbox = testSandbox();
    await sandbox.restore();
    begin(sandbox);
  });
  afterAll(() => server.close());
}
