import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, it } from "vitest";
import { pulumiSums } from "../versions";
import { download } from "./download";

const folder = mkdtempSync(join(tmpdir(), "slipway-download-"));
let server: Server;
let site: string;
let sha256: string;
const asked: string[] = [];

beforeAll(async () => {
  mkdirSync(join(folder, "pulumi"));
  writeFileSync(join(folder, "pulumi", "pulumi"), "the program");
  await execa("tar", ["-czf", "archive.tar.gz", "pulumi"], { cwd: folder });
  const bytes = readFileSync(join(folder, "archive.tar.gz"));
  sha256 = createHash("sha256").update(bytes).digest("hex");
  // A site that vouches for whatever it serves.
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end(request.url?.endsWith(".tar.gz") ? bytes : `${sha256}  archive.tar.gz\n`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  site = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

it("takes an archive by the sum that the checkout says, and asks its site for none", async () => {
  const to = join(folder, "taken");
  expect(await download({ url: `${site}/archive.tar.gz`, sha256, folder: to })).toBe(true);
  expect(readFileSync(join(to, "pulumi", "pulumi"), "utf8")).toBe("the program");
  expect(asked).toEqual(["/archive.tar.gz"]);
});

it("leaves one with another sum, whatever its site says of it", async () => {
  const to = join(folder, "left");
  expect(await download({ url: `${site}/archive.tar.gz`, sha256: "0".repeat(64), folder: to })).toBe(false);
  expect(existsSync(to)).toBe(false);
});

it("is pinned by whole sums of platforms that there are", () => {
  for (const [platform, sum] of Object.entries(pulumiSums)) {
    expect(platform).toMatch(/^(linux|darwin)-(x64|arm64)$/);
    expect(sum).toMatch(/^[0-9a-f]{64}$/);
  }
});
