import { describe, expect, it } from "vitest";
import { fingerprint } from "../../cloud/publicKey";
import { KEY, testSandbox } from "../../testing";

const ECDSA =
  "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBA/efC52adyR4u4H/TqEn6ipe6ed2GOafkU/lSRUyW12D3x4Ts2NbhDS1qrpUx7saD9UjtAYs/yYnYJxgxShfeg=";

describe("fingerprint", () => {
  it("is the one ssh-keygen tells", () => {
    expect(fingerprint(KEY.publicKey)).toBe(KEY.fingerprint);
    expect(fingerprint(`  ${KEY.publicKey}\n`)).toBe(KEY.fingerprint);
    expect(fingerprint(ECDSA)).toBe("a6:77:0f:f4:7a:56:b7:b5:bf:01:62:c5:24:c3:fc:09");
  });

  it.each([
    "",
    "ssh-ed25519",
    "ssh-ed25519 AAAA",
    "ssh-rsa !!!!",
    KEY.publicKey.replace("ssh-ed25519", "ssh-rsa"),
  ])("is none for %j", (text) => expect(fingerprint(text)).toBeUndefined());
});

describe("/v2/account/keys", () => {
  it("makes, reads, renames and deletes a key, by id and by fingerprint", async () => {
    const { ask } = testSandbox();
    const key = { id: 51000001, public_key: KEY.publicKey, name: "ada", fingerprint: KEY.fingerprint };
    const made = await ask("POST", "/v2/account/keys", { name: "ada", public_key: KEY.publicKey });
    expect([made.status, made.body]).toEqual([201, { ssh_key: key }]);
    expect((await ask("GET", "/v2/account/keys")).body).toEqual({ ssh_keys: [key], links: {}, meta: { total: 1 } });
    expect((await ask("GET", `/v2/account/keys/${KEY.fingerprint}`)).body).toEqual({ ssh_key: key });
    const renamed = await ask("PUT", "/v2/account/keys/51000001", { name: "ada l" });
    expect([renamed.status, renamed.body]).toEqual([200, { ssh_key: { ...key, name: "ada l" } }]);
    const gone = await ask("DELETE", `/v2/account/keys/${KEY.fingerprint}`);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect((await ask("GET", "/v2/account/keys/51000001")).status).toBe(404);
    expect((await ask("GET", "/v2/account/keys")).body).toEqual({ ssh_keys: [], links: {}, meta: { total: 0 } });
  });

  it("refuses a key twice, a key that is none, and one without a name", async () => {
    const { ask } = testSandbox();
    await ask("POST", "/v2/account/keys", { name: "ada", public_key: KEY.publicKey });
    const twice = await ask("POST", "/v2/account/keys", { name: "other", public_key: KEY.publicKey });
    expect([twice.status, twice.body.id, twice.body.message]).toEqual([
      422,
      "unprocessable_entity",
      "SSH Key is already in use on your account",
    ]);
    const none = await ask("POST", "/v2/account/keys", { name: "x", public_key: "hello" });
    expect([none.status, none.body.message]).toEqual([
      422,
      "Key invalid, key should be of the format `type key [comment]`",
    ]);
    const unnamed = await ask("POST", "/v2/account/keys", { name: "", public_key: ECDSA });
    expect([unnamed.status, unnamed.body.message]).toEqual([422, "name: Name can't be blank"]);
    expect((await ask("GET", "/v2/account/keys")).body.meta.total).toBe(1);
  });
});
