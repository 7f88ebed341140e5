/** A stack of its own for a test file: a copy of an example, its own slot of the sandbox, its own settings. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { type Document, parseDocument } from "yaml";

const root = process.cwd();
const cache = process.env.SLIPWAY_CACHE ?? join(process.env.HOME ?? "", ".cache", "slipway");

/** What a verb printed and how it ended. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order they came. */
  readonly all: string;
}

/** @see the file's head */
export class TestStack {
  readonly slot: number;
  /** Name of the stack. */
  readonly name: string;
  readonly folder: string;
  /** Copy of the example that may be edited. */
  readonly app: string;
  readonly #env: Record<string, string>;

  /** @param name `dev`, which has the app of examples/notes, or the name of an example with a stack of its own */
  constructor(slot: number, name = "dev") {
    this.slot = slot;
    this.name = name;
    this.folder = mkdtempSync(join(tmpdir(), "slipway-e2e-"));
    const example = name === "dev" ? "notes" : name;
    this.app = join(this.folder, example);
    cpSync(join(root, "examples", example), this.app, { recursive: true });
    this.#env = { SLIPWAY_SANDBOX_SLOT: String(slot), SLIPWAY_STACK_FILE: this.#file() };
    this.resetSettings();
  }

  /** Address of the sandbox's emulated clouds. */
  get api(): string {
    return `http://127.0.0.1:${8480 + 10 * this.slot}`;
  }

  /** The committed settings, with the copied app or apps; a release that has come is watched for a second, not five. */
  resetSettings(): void {
    const own = this.name === "dev" ? root : join(root, "examples", this.name);
    const committed = readFileSync(join(own, `Pulumi.${this.name}.yaml`), "utf8");
    writeFileSync(this.#file(), committed.replaceAll(/folder: examples\/[^/\s]+/g, `folder: ${this.app}`));
    this.configure((document) => {
      for (const app of appsIn(document)) document.setIn(["config", "slipway:apps", app, "limits", "watch"], 1);
    });
  }

  /** Edits the stack's settings. */
  configure(edit: (settings: Document) => void): void {
    const document = parseDocument(readFileSync(this.#file(), "utf8"));
    edit(document);
    writeFileSync(this.#file(), document.toString());
  }

  /** Gives the stack, which is up, a secret. */
  async secret(key: string, value: string): Promise<void> {
    const env = JSON.parse((await this.verb("env", [this.name, "--json"])).stdout) as Record<string, string>;
    const args = ["config", "set", "--stack", this.name, "--config-file", this.#file(), "--secret", key];
    await execa("pulumi", args, { env, input: value });
  }

  /** Edits a file of the app. */
  edit(file: string, change: (text: string) => string): void {
    const path = join(this.app, file);
    writeFileSync(path, change(readFileSync(path, "utf8")));
  }

  /** Runs a verb of scripts/ to its end. */
  async verb(name: string, args: readonly string[] = [], env: Record<string, string> = {}): Promise<Outcome> {
    const result = await this.start(name, args, env);
    return {
      exitCode: result.exitCode ?? 1,
      stdout: String(result.stdout),
      stderr: String(result.stderr),
      all: String(result.all),
    };
  }

  /** Starts a verb in a process group of its own, so that it can be killed with everything it started. */
  start(name: string, args: readonly string[] = [], env: Record<string, string> = {}) {
    return execa(join(root, "scripts", name), args, {
      env: { ...this.#env, ...env },
      all: true,
      reject: false,
      detached: true,
      stdin: "ignore",
    });
  }

  /** Brings the stack up. @returns URL of the first app, and all of them by host name. @throws Error with everything that was printed */
  async up(): Promise<{ url: string; urls: Record<string, string>; changes: string }> {
    const { exitCode, stdout, all } = await this.verb("up", [this.name]);
    if (exitCode !== 0) throw new Error(`up failed:\n${all}`);
    const lines = stdout.trim().split("\n");
    const urls = lines.filter((line) => /^https?:/.test(line));
    return {
      changes: lines.find((line) => /^\d+ changes?\b/.test(line)) ?? "",
      url: lines.at(-1) ?? "",
      urls: Object.fromEntries(urls.map((url) => [new URL(url).hostname, url])),
    };
  }

  /** Gives each app of the stack settings besides its own, e.g. `limits`. */
  configureApps(settings: Readonly<Record<string, unknown>>): void {
    this.configure((document) => {
      for (const app of appsIn(document)) {
        for (const [key, value] of Object.entries(settings)) {
          document.setIn(["config", "slipway:apps", app, key], document.createNode(value));
        }
      }
    });
  }

  /** An output of the stack, secrets in clear, as `pulumi stack output` prints it. */
  async output<T>(name: string): Promise<T> {
    const env = JSON.parse((await this.verb("env", [this.name, "--json"])).stdout) as Record<string, string>;
    const args = ["stack", "output", "--stack", this.name, "--show-secrets", "--json", name];
    return JSON.parse((await execa("pulumi", args, { env })).stdout) as T;
  }

  /** Runs a line of bash as root on the machine, whatever its exit code. @param input for its standard input */
  async sh(line: string, input = ""): Promise<{ exitCode: number; all: string }> {
    const argv = ["exec", "-i", await this.#machine(), "bash", "-c", line];
    const { exitCode, all } = await execa("docker", argv, { input, reject: false, all: true });
    return { exitCode: exitCode ?? 1, all };
  }

  /** Runs a command as root on the machine. */
  async onMachine(...argv: string[]): Promise<string> {
    return (await execa("docker", ["exec", await this.#machine(), ...argv])).stdout;
  }

  async #machine(): Promise<string> {
    const [label, name] = [`label=slipway.sandbox=${this.slot}`, "name=-(droplet|linode)-[0-9]+$"];
    return (await this.docker("ps", "-q", "--filter", label, "--filter", name))[0] ?? "";
  }

  /** Lines that a command of the container engine prints. */
  async docker(...argv: string[]): Promise<string[]> {
    return (await execa("docker", argv)).stdout.split("\n").filter((line) => line !== "");
  }

  /** Asks the emulated clouds; a GET unless told otherwise. */
  async cloud(
    path: string,
    { method = "GET", body }: { method?: string; body?: object } = {},
  ): Promise<Record<string, never[]>> {
    const response = await fetch(`${this.api}${path}`, {
      method,
      headers: { authorization: "Bearer sandbox", "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    return (await response.json()) as Record<string, never[]>;
  }

  /** Sends a request to the sandbox's control prefix. */
  async control(method: string, path: string, body?: unknown): Promise<void> {
    const response = await fetch(`${this.api}/_sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }

  /** The stack's state as it lies on disk. */
  state(): string {
    return readFileSync(
      join(cache, "state", String(this.slot), ".pulumi", "stacks", "slipway", `${this.name}.json`),
      "utf8",
    );
  }

  /** Ends the sandbox with all that is in it and forgets the stack, which costs seconds where Pulumi's own way costs many. */
  async discard(): Promise<void> {
    await this.verb("sandbox", ["stop", "--purge"]);
    rmSync(join(cache, "state", String(this.slot)), { recursive: true, force: true });
  }

  /** Discards the stack and removes the copies. */
  async end(): Promise<void> {
    await this.discard();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Takes everything down and removes the copies. */
  async remove(): Promise<void> {
    await this.verb("down", [this.name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #file(): string {
    return join(this.folder, `Pulumi.${this.name}.yaml`);
  }
}

function appsIn(document: Document): readonly string[] {
  return Object.keys((document.toJS() as { config: Record<string, object> }).config["slipway:apps"] ?? {});
}

/** An answer over HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks a URL under *.localhost, which browsers and curl send to loopback but Node's resolver may not know. */
export function ask(
  text: string,
  options: { method?: string; body?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const url = new URL(text);
  return new Promise((done, failed) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port: url.port,
        path: url.pathname,
        method: options.method ?? "GET",
        headers: { host: url.host, ...options.headers },
        timeout: 10_000,
      },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk) => {
          body += chunk;
        });
        response.on("end", () => done({ status: response.statusCode ?? 0, headers: response.headers, body }));
      },
    );
    asked.on("error", failed).on("timeout", () => asked.destroy(new Error("timed out")));
    asked.end(options.body);
  });
}

/** Asks a URL again and again until stopped; everything that was not a 200 is kept. */
export function askConstantly(url: string, pause = 20): { stop(): Promise<{ asked: number; failures: string[] }> } {
  let running = true;
  let asked = 0;
  const failures: string[] = [];
  const loop = (async () => {
    while (running) {
      asked += 1;
      const answer = await ask(url).catch((error: Error) => ({ status: 0, body: error.message }));
      if (answer.status !== 200) failures.push(`${answer.status} ${answer.body.slice(0, 100)}`);
      await new Promise((next) => setTimeout(next, pause));
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      return { asked, failures };
    },
  };
}
