import { describe, expect, it } from "vitest";
import { REPO, testGitHub } from "../testing";

const PROD = { ...REPO, environment_name: "prod" } as const;

describe("environments", () => {
  it("are made and changed as a whole, each time", async () => {
    const { octokit } = await testGitHub();
    const ada = (await octokit.users.getByUsername({ username: "ada" })).data.id;
    const ops = (await octokit.teams.getByName({ org: "acme", team_slug: "ops" })).data.id;
    const { data } = await octokit.repos.createOrUpdateEnvironment({
      ...PROD,
      wait_timer: 5,
      prevent_self_review: true,
      reviewers: [
        { type: "User", id: ada },
        { type: "Team", id: ops },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    });
    expect(data.protection_rules).toMatchObject([
      { type: "wait_timer", wait_timer: 5 },
      {
        type: "required_reviewers",
        prevent_self_review: true,
        reviewers: [
          { type: "User", reviewer: { login: "ada" } },
          { type: "Team", reviewer: { slug: "ops" } },
        ],
      },
      { type: "branch_policy" },
    ]);
    const again = await octokit.repos.createOrUpdateEnvironment(PROD);
    expect(again.data).toMatchObject({ id: data.id, protection_rules: [], deployment_branch_policy: null });
    expect((await octokit.repos.getAllEnvironments(REPO)).data.total_count).toBe(1);
    await octokit.repos.deleteAnEnvironment(PROD);
    await expect(octokit.repos.getEnvironment(PROD)).rejects.toMatchObject({ status: 404 });
  });

  it("take patterns of branches where the rule asks for them, and lose them with it", async () => {
    const { octokit } = await testGitHub();
    await octokit.repos.createOrUpdateEnvironment(PROD);
    const main = { ...PROD, name: "main" };
    await expect(octokit.repos.createDeploymentBranchPolicy(main)).rejects.toMatchObject({ status: 404 });
    const custom = { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } };
    await octokit.repos.createOrUpdateEnvironment({ ...PROD, ...custom });
    const { data } = await octokit.repos.createDeploymentBranchPolicy(main);
    expect(data).toMatchObject({ id: 36_000_001, name: "main", type: "branch" });
    await octokit.repos.createDeploymentBranchPolicy({ ...PROD, name: "v*", type: "tag" });
    await octokit.repos.updateDeploymentBranchPolicy({ ...PROD, branch_policy_id: 36_000_001, name: "release/*" });
    const listed = await octokit.repos.listDeploymentBranchPolicies(PROD);
    expect(listed.data.branch_policies.map(({ name, type }) => [name, type])).toEqual([
      ["release/*", "branch"],
      ["v*", "tag"],
    ]);
    await octokit.repos.createOrUpdateEnvironment(PROD);
    expect((await octokit.repos.listDeploymentBranchPolicies(PROD)).data.total_count).toBe(0);
  });

  it("may have a slash in their name", async () => {
    const { octokit } = await testGitHub();
    await octokit.repos.createOrUpdateEnvironment({ ...REPO, environment_name: "review/pr 1" });
    expect((await octokit.repos.getEnvironment({ ...REPO, environment_name: "Review/PR 1" })).data.name).toBe(
      "review/pr 1",
    );
  });

  it.each([
    ["too many reviewers", {}, { reviewers: Array.from({ length: 7 }, () => ({ type: "User", id: 190000001 })) }],
    ["someone unknown", {}, { reviewers: [{ type: "User", id: 5 }] }],
    [
      "two rules for branches",
      {},
      { deployment_branch_policy: { protected_branches: true, custom_branch_policies: true } },
    ],
    ["what the plan has not", { private: true }, { wait_timer: 1 }],
    ["a wait too long", {}, { wait_timer: 43_201 }],
  ])("are refused: %s", async (_, seed, asked) => {
    const { ask } = await testGitHub(seed);
    expect((await ask("PUT", "/repos/acme/notes/environments/prod", asked)).status).toBe(422);
    expect((await ask("PUT", `/repos/acme/notes/environments/${"p".repeat(256)}`)).status).toBe(422);
    expect((await ask("GET", "/repos/acme/notes/environments")).body.environments).toEqual([]);
  });
});
