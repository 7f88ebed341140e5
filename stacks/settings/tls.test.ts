import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { resolveTls, Tls } from "./tls";

let folder: string;
/** Ends in the year 9966: what a machine trusts today may have ended by tomorrow. */
const lasting = `-----BEGIN CERTIFICATE-----
MIIBmTCCAT+gAwIBAgIUZZ9H/YJnQ55teEGbW8ttpxx4xh4wCgYIKoZIzj0EAwIw
ITEfMB0GA1UEAwwWYW4gYXV0aG9yaXR5IG9mIGEgdGVzdDAgFw0yNjExMzAwMjEx
NDFaGA85OTY2MTEwNTAyMTE0MVowITEfMB0GA1UEAwwWYW4gYXV0aG9yaXR5IG9m
IGEgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEnA74ouk0SrKCxYqyJG
m8h8Q1JryFMFZ/XUsLqTbcPGWUbRbygModh83FwK9W1jnDu19B9vIYpF36Gr/cs9
0UGjUzBRMB0GA1UdDgQWBBR95EnTCdEj4R9/+3n6ExxTLm+etDAfBgNVHSMEGDAW
gBR95EnTCdEj4R9/+3n6ExxTLm+etDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49
BAMCA0gAMEUCIBBAWxIyDga6/38vXHrpJbRcq3TqnxVJMhfMprU97Bi9AiEAmftV
Y0FbwkVH413+z+vxdQ8h5gvuGK3uphqNC9RYlCU=
-----END CERTIFICATE-----`;
const ended = `-----BEGIN CERTIFICATE-----
MIIBMzCB2gIBATAKBggqhkjOPQQDAjAmMSQwIgYDVQQDDBthbiBhdXRob3JpdHkg
dGhhdCBoYXMgZW5kZWQwHhcNMjAwMTAxMDAwMDAwWhcNMjEwMTAxMDAwMDAwWjAm
MSQwIgYDVQQDDBthbiBhdXRob3JpdHkgdGhhdCBoYXMgZW5kZWQwWTATBgcqhkjO
PQIBBggqhkjOPQMBBwNCAARrVbtit9J1+oNkB1+up29sqHyPSB2/7NwZJypZ/Cw5
stecD96lFReatALxkNLQwmLqVvVV++jGO1Ch+3uxFY0kMAoGCCqGSM49BAMCA0gA
MEUCIGZ0/0WTrtfb72XiXkG5i9+JrGGspRCAc1UGGjjVuIOWAiEA0ED+7BTiOD2a
xKCsx3yue415WchFEPlEkKcBdNYYiq8=
-----END CERTIFICATE-----
`;
const cut = `-----BEGIN CERTIFICATE-----
MIIBSTCB8aADAgECAgEBMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBGdvbmUwHhcN
-----END CERTIFICATE-----
`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-tls-"));
  writeFileSync(join(folder, "root.pem"), `# our own authority\n${lasting}\n`);
  writeFileSync(join(folder, "key.pem"), `${lasting}\n-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n`);
  writeFileSync(join(folder, "ended.pem"), `${lasting}\n${ended}`);
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
  [
    "ended.pem",
    '"ended.pem" has a certificate that ended on Jan  1 00:00:00 2021 GMT (CN=an authority that has ended)',
  ],
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
