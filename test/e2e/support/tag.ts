/** CI's part where a host follows a tag: images built and pushed under it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";

/** @see the file's head */
export class FollowedTag {
  /** The tag, with its registry. */
  readonly name: string;
  readonly #registry: string;
  /** A folder for the login, so that nobody's own is touched. */
  readonly #login = mkdtempSync(join(tmpdir(), "slipway-login-"));

  constructor(slot: number, repository: string, tag = "main") {
    this.#registry = `10.213.${slot}.2:5000`;
    this.name = `${this.#registry}/${repository}:${tag}`;
  }

  /** Logs in to the sandbox's registry. */
  async logIn(): Promise<void> {
    const args = ["--config", this.#login, "login", "--username", "slipway", "--password-stdin", this.#registry];
    await execa("docker", args, { input: "rehearsal-only" });
  }

  /** Builds a folder under a name of its own, as a teammate's branch would be. @returns that name */
  async build(folder: string, branch: string): Promise<string> {
    const name = this.name.replace(/:[^:]+$/, `:${branch}`);
    const args = ["--network", "host", "--build-arg", "BASE=slipway-sandbox/python:3.13", "--tag", name, folder];
    await execa("docker", ["build", "--quiet", ...args]);
    return name;
  }

  /** Pushes an image under the name it was built by. @returns the image by digest */
  async push(image: string): Promise<string> {
    const { stdout } = await execa("docker", ["--config", this.#login, "push", image]);
    return image.replace(/:[^:/]+$/, `@${/sha256:[0-9a-f]{64}/.exec(stdout)?.[0]}`);
  }

  /** Moves the tag to an image that was built. @returns the image by digest */
  async move(image: string): Promise<string> {
    await execa("docker", ["tag", image, this.name]);
    return this.push(this.name);
  }

  /** Forgets the login. */
  end(): void {
    rmSync(this.#login, { recursive: true, force: true });
  }
}
