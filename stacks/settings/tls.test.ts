import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveTls, Tls } from "./tls";

let folder: string;
const lasting = rootCertificates.find((pem) => pem.length < 3000) ?? "";
const cut = `-----BEGIN CERTIFICATE-----
MIIBSTCB8aADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBGdvbmUwHhcN
-----END CERTIFICATE-----
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-tls-"));
  writeFileSync(join(folder, "root.pem"), `# our own authority\n${lasting}\n`);
  writeFileSync(join(folder, "key.pem"), `${lasting}\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n`);
  writeFileSync(join(folder, "text.pem"), "hello\n");
  writeFileSync(join(folder, "broken.pem"), cut);
});
afterAll(() => rmSync(folder, { recursive: true }));

const resolve = (section: unknown) => resolveTls(Tls.parse(section), { path: "slipway:tls", folder });
const directory = "https://ca.example.com/dir";

test("what a manifest says of it", () => {
  expect(resolve({ mode: "off" }).tls).toEqual({ mode: "off" });
  expect(resolve({ mode: "internal", hsts: 60 }).tls).toEqual({ mode: "internal", hsts: 60 });
  expect(resolve({ mode: "acme", email: "ops@example.com", hsts: false }).tls).toEqual({
    mode: "acme",
    email: "ops@example.com",
  });
  expect(resolve({ mode: "acme", directory, root: "root.pem", hsts: 31_536_000 }).tls).toEqual({
    mode: "acme",
    directory,
    root: `${lasting.trim()}\n`,
    hsts: 31_536_000,
  });
});

test.each([
  ["nothing.pem", '"nothing.pem" is not there'],
  [".", '"." can\'t be read (EISDIR)'],
  ["key.pem", '"key.pem" holds a private key, which is nobody\'s business here'],
  ["text.pem", '"text.pem" holds no certificate'],
  ["broken.pem", '"broken.pem" holds a certificate that can\'t be read'],
])("a root that is none: %s", (root, what) => {
  expect(resolve({ mode: "acme", directory, root })).toEqual({
    mistakes: [{ path: "slipway:tls.root", what, allowed: "a PEM file with certificates alone" }],
  });
});

test("a root without the directory it vouches for", () => {
  expect(resolve({ mode: "acme", root: "root.pem" }).mistakes[0]).toMatchObject({
    path: "slipway:tls.root",
    what: "vouches for a directory, and none is named",
  });
});

test.each([
  { mode: "acme", directory: "http://ca.example.com/dir" },
  { mode: "acme", hsts: true },
  { mode: "acme", hsts: 0 },
  { mode: "off", hsts: 60 },
  { mode: "internal", email: "ops@example.com" },
])("refused: %j", (section) => expect(Tls.safeParse(section).success).toBe(false));
