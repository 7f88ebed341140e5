import { Octokit } from "@octokit/rest";
import sodium from "libsodium-wrappers";
import { type TestSandbox, testSandbox } from "../testing";

/** A sandbox with a repository `acme/notes`, and GitHub's own client for it. */
export interface TestGitHub extends TestSandbox {
  readonly octokit: Octokit;
  /** The client with another token. */
  as(token: string): Octokit;
}

/** Where the repository of tests is. */
export const REPO = { owner: "acme", repo: "notes" } as const;

/** Makes a sandbox for a test. @param seed what the repository has of its own */
export async function testGitHub(seed: object = {}): Promise<TestGitHub> {
  const sandbox = testSandbox();
  await sandbox.ask("PUT", "/_sandbox/github/repositories/acme/notes", { users: ["ada"], teams: ["ops"], ...seed });
  const as = (token: string) =>
    new Octokit({
      auth: token,
      baseUrl: "http://127.0.0.1:8480/api/v3",
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      request: { fetch: (url: string, init: RequestInit) => sandbox.app.request(url, init) },
    });
  return { ...sandbox, octokit: as("a-token"), as };
}

/** A value as a client seals it. */
export async function seal(value: string, key: string): Promise<string> {
  await sodium.ready;
  return Buffer.from(sodium.crypto_box_seal(value, Buffer.from(key, "base64"))).toString("base64");
}
