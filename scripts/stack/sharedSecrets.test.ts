import { expect, it } from "vitest";
import { stringify } from "yaml";
import { Passphrase } from "../rehearsal/passphrase";
import {
  COMPARED,
  configuredSecrets,
  fingerprint,
  fingerprintsOf,
  seenStack,
  sharedAmong,
  sharedStateTexts,
  sharedText,
  sharedWith,
} from "./sharedSecrets";

const github = { repository: "acme/shop" };
const guardedBy = { ...github, reviewers: { users: ["ana"] } };
const stack = (
  name: string,
  section: object | undefined,
  more: { fingerprints?: object; salt?: string; config?: object } = {},
) =>
  seenStack(
    name,
    stringify({
      ...(more.salt !== undefined && { encryptionsalt: more.salt }),
      config: {
        ...more.config,
        ...(section && { "slipway:github": { ...section, fingerprints: more.fingerprints ?? {} } }),
      },
    }),
  );

it("takes a stack for guarded where somebody approves, or where it is production and no matter of CI's", () => {
  expect(
    [
      stack("staging", github),
      stack("prod", guardedBy),
      stack("live", { ...github, reviewers: { teams: ["ops"] } }),
      stack("prod", undefined),
      stack("shop", undefined, { config: { "slipway:host": { protect: true } } }),
      stack("dev", undefined),
      stack("prod", github),
      seenStack("empty", ""),
    ].map(({ kind }) => kind),
  ).toEqual(["open", "guarded", "guarded", "guarded", "guarded", "neither", "open", "neither"]);
});

it.each(COMPARED)("refuses %s where a stack without reviewers and one with them have the same", (name) => {
  const fingerprints = { [name]: "s1-000000000000000000000000" };
  const [staging, prod] = [stack("staging", github, { fingerprints }), stack("prod", guardedBy, { fingerprints })];
  expect(sharedAmong([staging, prod])).toEqual([{ name, open: "staging", guarded: "prod" }]);
  expect(sharedAmong([staging, stack("prod", guardedBy, { fingerprints: { [name]: "s1-1" } })])).toEqual([]);
  expect(sharedAmong([staging, stack("dev", github, { fingerprints })])).toEqual([]);
  expect(sharedAmong([prod, stack("live", guardedBy, { fingerprints })])).toEqual([]);
});

it("compares the values that are about to be set, whichever of the two they are for, and says none of them", () => {
  const values = { AWS_SECRET_ACCESS_KEY: "a value of some length", LINODE_TOKEN: "another" };
  const fingerprints = fingerprintsOf("acme", values);
  const [staging, prod] = [stack("staging", github, { fingerprints }), stack("prod", guardedBy, { fingerprints })];
  const shared = Object.keys(values).map((name) => ({ name, open: "staging", guarded: "prod" }));
  expect(sharedWith("acme", stack("staging", github), [prod], values)).toEqual(shared);
  expect(sharedWith("acme", stack("prod", guardedBy), [staging], values)).toEqual(shared);
  expect(sharedWith("acme", stack("staging", github), [prod], { LINODE_TOKEN: "a third" })).toEqual([]);
  expect(JSON.stringify([shared.map(sharedText), fingerprints])).not.toMatch(/a value of|another/);
});

it("tells of states that lie in one place", () => {
  const at = (name: string, section: object, url: string) =>
    stack(name, { ...section, variables: { PULUMI_BACKEND_URL: url } });
  expect(sharedStateTexts([at("staging", github, "s3://a"), at("prod", guardedBy, "s3://a")])).toHaveLength(1);
  expect(sharedStateTexts([at("staging", github, "s3://a"), at("prod", guardedBy, "s3://b")])).toEqual([]);
});

it("tries a passphrase on the other's file, where an older version has left no fingerprint", () => {
  const prod = stack("prod", undefined, { salt: Passphrase.make("one phrase").salt });
  const staging = stack("staging", github, { salt: Passphrase.make("one phrase").salt });
  const shared = [{ name: "PULUMI_CONFIG_PASSPHRASE", open: "staging", guarded: "prod" }];
  expect(sharedAmong([staging, prod])).toEqual([]);
  expect(sharedWith("acme", staging, [prod], { PULUMI_CONFIG_PASSPHRASE: "one phrase" })).toEqual(shared);
  expect(sharedAmong([{ ...staging, salt: prod.salt }, prod])).toEqual(shared);
});

it("knows equal values by their fingerprints within a project, and none between projects", () => {
  expect(fingerprint("acme", "LINODE_TOKEN", "x")).toMatch(/^s1-[0-9a-f]{24}$/);
  expect(fingerprint("acme", "LINODE_TOKEN", "x")).toBe(fingerprint("acme", "LINODE_TOKEN", "x"));
  expect(fingerprint("acme", "LINODE_TOKEN", "x")).not.toBe(fingerprint("other", "LINODE_TOKEN", "x"));
  expect(
    configuredSecrets({ "digitalocean:token": "t", "linode:token": "", "slipway:registry.password": "p" }),
  ).toEqual({
    DIGITALOCEAN_TOKEN: "t",
  });
});
