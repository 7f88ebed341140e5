import { describe, expect, it } from "vitest";
import { REPO, seal, testGitHub } from "../testing";

const PROD = { ...REPO, environment_name: "prod" } as const;

async function withEnvironment() {
  const github = await testGitHub();
  await github.octokit.repos.createOrUpdateEnvironment(PROD);
  const { key, key_id } = (await github.octokit.actions.getEnvironmentPublicKey(PROD)).data;
  const put = async (secret_name: string, value: string) =>
    github.octokit.actions.createOrUpdateEnvironmentSecret({
      ...PROD,
      secret_name,
      encrypted_value: await seal(value, key),
      key_id,
    });
  return { ...github, key, key_id, put };
}

describe("secrets", () => {
  it("are taken sealed, told by name only, and opened for a job alone", async () => {
    const { octokit, put, ask, key, key_id } = await withEnvironment();
    expect((await put("secret_key", "first")).status).toBe(201);
    expect((await put("SECRET_KEY", "second\nline")).status).toBe(204);
    const shared = { encrypted_value: await seal("of all", key), key_id };
    for (const secret_name of ["SHARED", "SECRET_KEY"]) {
      await octokit.actions.createOrUpdateRepoSecret({ ...REPO, secret_name, ...shared });
    }
    const { data } = await octokit.actions.listEnvironmentSecrets(PROD);
    const at = "2026-11-21T12:00:00Z";
    expect(data).toEqual({ total_count: 1, secrets: [{ name: "SECRET_KEY", created_at: at, updated_at: at }] });
    const job = await ask("GET", "/_sandbox/github/repositories/acme/notes/job?environment=prod");
    expect(job.body.secrets).toEqual({ SHARED: "of all", SECRET_KEY: "second\nline" });
    await octokit.actions.deleteEnvironmentSecret({ ...PROD, secret_name: "SECRET_KEY" });
    const after = await ask("GET", "/_sandbox/github/repositories/acme/notes/job?environment=prod");
    expect(after.body.secrets).toEqual({ SHARED: "of all", SECRET_KEY: "of all" });
  });

  it("are found by the repository's number, as the provider asks", async () => {
    const { ask, put } = await withEnvironment();
    await put("A", "1");
    const { id } = (await ask("GET", "/repos/acme/notes")).body;
    expect((await ask("GET", `/api/v3/repositories/${id}/environments/prod/secrets/a`)).body.name).toBe("A");
    expect((await ask("GET", "/api/v3/repositories/7/environments/prod/secrets/A")).status).toBe(404);
  });

  it.each([
    ["1ST", "x", /^Secret names can only contain/],
    ["GITHUB_TOKEN", "x", /^Secret names must not start with GITHUB_/],
    ["BIG", "x".repeat(48 * 1024 + 1), /^Secret value is too large/],
  ])("are refused: %s", async (name, value, message) => {
    const { put, octokit } = await withEnvironment();
    await expect(put(name, value)).rejects.toMatchObject({ status: 422, message: expect.stringMatching(message) });
    expect((await octokit.actions.listEnvironmentSecrets(PROD)).data.total_count).toBe(0);
  });

  it("may have 48 KB", async () => {
    const { put } = await withEnvironment();
    expect((await put("BIG", "x".repeat(48 * 1024))).status).toBe(201);
  });

  it("are refused where they were sealed for another, or not at all", async () => {
    const { octokit, key, key_id } = await withEnvironment();
    const put = (encrypted_value: string, id = key_id) =>
      octokit.actions.createOrUpdateEnvironmentSecret({ ...PROD, secret_name: "A", encrypted_value, key_id: id });
    const other = Buffer.alloc(32, 9).toString("base64");
    await expect(put(await seal("x", other))).rejects.toMatchObject({ message: expect.stringMatching(/^Improperly/) });
    await expect(put(Buffer.from("clear").toString("base64"))).rejects.toMatchObject({ status: 422 });
    await expect(put("no base64!")).rejects.toMatchObject({ status: 422 });
    await expect(put(await seal("x", key), "1")).rejects.toMatchObject({ message: expect.stringMatching(/key_id/) });
  });

  it("are no more than a hundred", async () => {
    const { put } = await withEnvironment();
    for (let i = 0; i < 100; i += 1) await put(`S${i}`, "x");
    await expect(put("ONE_MORE", "x")).rejects.toMatchObject({ status: 422 });
    expect((await put("S7", "y")).status).toBe(204);
  });
});

describe("variables", () => {
  it("are made, changed, listed and forgotten", async () => {
    const { octokit, ask } = await withEnvironment();
    await octokit.actions.createEnvironmentVariable({ ...PROD, name: "host", value: "192.0.2.1" });
    await octokit.actions.createRepoVariable({ ...REPO, name: "HOST", value: "of all" });
    await expect(
      octokit.actions.createEnvironmentVariable({ ...PROD, name: "HOST", value: "x" }),
    ).rejects.toMatchObject({ status: 409 });
    await octokit.actions.updateEnvironmentVariable({ ...PROD, name: "HOST", value: "192.0.2.2" });
    expect((await octokit.actions.getEnvironmentVariable({ ...PROD, name: "HOST" })).data.value).toBe("192.0.2.2");
    const job = await ask("GET", "/_sandbox/github/repositories/acme/notes/job?environment=prod");
    expect(job.body.variables).toEqual({ HOST: "192.0.2.2" });
    await octokit.actions.deleteEnvironmentVariable({ ...PROD, name: "HOST" });
    expect((await octokit.actions.listEnvironmentVariables(PROD)).data.variables).toEqual([]);
    await expect(octokit.actions.getEnvironmentVariable({ ...PROD, name: "HOST" })).rejects.toMatchObject({
      status: 404,
    });
  });
});
