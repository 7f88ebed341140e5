import { describe, expect, it } from "vitest";
import { KEY } from "../../testing";
import { REPO, testGitHub } from "../testing";

describe("deploy keys", () => {
  it("lose their comment, can be read, and open one repository only", async () => {
    const { octokit, ask } = await testGitHub();
    const asked = { title: "slipway", key: KEY.publicKey, read_only: true };
    const { data } = await octokit.repos.createDeployKey({ ...REPO, ...asked });
    expect(data).toMatchObject({
      key: KEY.publicKey.split(" ").slice(0, 2).join(" "),
      read_only: true,
      title: "slipway",
    });
    await ask("PUT", "/_sandbox/github/repositories/acme/other", {});
    await expect(octokit.repos.createDeployKey({ owner: "acme", repo: "other", ...asked })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("key is already in use"),
    });
    expect((await octokit.repos.listDeployKeys(REPO)).data).toEqual([data]);
    await octokit.repos.deleteDeployKey({ ...REPO, key_id: data.id });
    await expect(octokit.repos.getDeployKey({ ...REPO, key_id: data.id })).rejects.toMatchObject({ status: 404 });
  });

  it("are keys", async () => {
    const { octokit } = await testGitHub();
    await expect(octokit.repos.createDeployKey({ ...REPO, key: "ssh-ed25519 no" })).rejects.toMatchObject({
      status: 422,
    });
  });
});
