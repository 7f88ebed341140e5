import { expect, it } from "vitest";
import { KEY, testSandbox } from "../../testing";

it("keeps, renames and forgets a key of the profile", async () => {
  const { ask } = testSandbox();
  const made = await ask("POST", "/v4/profile/sshkeys", { label: "ada", ssh_key: KEY.publicKey });
  expect(made.body).toEqual({ id: 451001, label: "ada", ssh_key: KEY.publicKey, created: "2026-11-21T12:00:00" });
  expect((await ask("PUT", "/v4/profile/sshkeys/451001", { label: "bob" })).body.label).toBe("bob");
  expect((await ask("GET", "/v4/profile/sshkeys")).body.data).toEqual([{ ...made.body, label: "bob" }]);
  expect((await ask("DELETE", "/v4/profile/sshkeys/451001")).body).toEqual({});
  expect((await ask("GET", "/v4/profile/sshkeys/451001")).body).toEqual({ errors: [{ reason: "Not found" }] });
});

it("refuses what is no public key", async () => {
  const got = await testSandbox().ask("POST", "/v4/profile/sshkeys", { label: "ada", ssh_key: "ssh-rsa nothing" });
  expect([got.status, got.body.errors[0].field]).toEqual([400, "ssh_key"]);
});
