import { expect, test } from "vitest";
import { refusalsIn } from "./edge-log";

// Lines of Caddy 2.6.2's own, against a test authority; cut where they go on.
const line = (seconds: number, fields: object) => JSON.stringify({ level: "error", ts: seconds, ...fields });
const begins = (ts: number, identifier = "shop.test") =>
  line(ts, { logger: "tls.obtain", msg: "obtaining certificate", identifier });
const fails = (ts: number, error: string, identifier = "shop.test") =>
  line(ts, { logger: "tls.obtain", msg: "could not get certificate from issuer", identifier, issuer: "ca", error });
const challenge = (ts: number, challenge_type: string, error: string) =>
  line(ts, { logger: "http.acme_client", msg: "challenge failed", identifier: "shop.test", challenge_type, error });

test("an authority's refusal, without what only a program needs", () => {
  const log = [
    '{"level":"info","ts":1,"msg":"using provided configuration"}',
    "not JSON",
    begins(2),
    fails(
      3.5,
      "[shop.test] creating new order: request to https://ca.test/order-plz failed after 1 attempts: HTTP 400 urn:ietf:params:acme:error:rejectedIdentifier - policy forbids it (ca=https://ca.test/dir)",
    ),
  ];
  expect([...refusalsIn(log.join("\n"))]).toEqual([
    ["shop.test", { at: 3500, reason: "creating new order: rejectedIdentifier: policy forbids it" }],
  ]);
});

test("what the authority met here says more than that no challenge is left", () => {
  const log = [
    begins(1),
    challenge(2, "tls-alpn-01", "Could not resolve"),
    challenge(3, "http-01", 'Get "http://shop.test:80/": dial tcp 10.0.0.9:80: connect: no route to host'),
    fails(4, "[shop.test] solving challenges: shop.test: no solvers available for remaining challenges"),
  ];
  expect(refusalsIn(log.reverse().join("\n")).get("shop.test")).toEqual({
    at: 4000,
    reason: 'Get "http://shop.test:80/": dial tcp 10.0.0.9:80: connect: no route to host',
  });
});

test("an account that the authority doesn't know", () => {
  const text =
    "HTTP 400 urn:ietf:params:acme:error:accountDoesNotExist - Account https://ca.test/my-account/1 not found.";
  expect(refusalsIn(fails(1, text)).get("shop.test")?.reason).toBe(
    "accountDoesNotExist: Account https://ca.test/my-account/1 not found.",
  );
});

test("a new attempt leaves the last refusal known, a success does not; what was given up for a new configuration is none", () => {
  expect(refusalsIn([fails(1, "no"), begins(2)].join("\n")).get("shop.test")?.reason).toBe("no");
  const success = line(3, { logger: "tls.obtain", msg: "certificate obtained successfully", identifier: "shop.test" });
  expect(refusalsIn([fails(1, "no"), begins(2), success].join("\n")).size).toBe(0);
  expect(refusalsIn([begins(1), fails(2, "fetching new nonce: context canceled")].join("\n")).size).toBe(0);
});

test("of two authorities, the words of the one asked first; each name by itself", () => {
  const log = [begins(1), fails(2, "first"), fails(3, "second"), fails(4, "other", "b.test")];
  expect([...refusalsIn(log.join("\n"))]).toEqual([
    ["shop.test", { at: 3000, reason: "first" }],
    ["b.test", { at: 4000, reason: "other" }],
  ]);
});
