/** The container engine: one that runs is used, one that is installed is started, else Debian's is installed. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync } from "node:fs";
import { execa } from "execa";
import { Progress } from "../lib/progress";
import { UserError } from "../lib/userError";
import { aptInstall, canInstall } from "./apt";
import { cacheFolder } from "./cache";

/** Makes sure an engine answers. @returns what is used, in words. @throws UserError with what to install or look at */
export async function ensureDocker(): Promise<string> {
  const running = await engine();
  if (running) return `${running}, already running`;
  if (!isInstalled()) {
    if (!canInstall())
      throw new UserError(
        "no container engine: install Docker (on Debian or Ubuntu: sudo apt-get install docker.io iptables) and start it",
      );
    await aptInstall("Docker engine", ["docker.io", "iptables"]);
  }
  if (process.getuid?.() !== 0)
    throw new UserError(
      "the Docker engine does not answer: start it (sudo systemctl start docker), and be in its group (sudo usermod -aG docker $USER)",
    );
  const progress = new Progress("Docker engine: starting");
  try {
    await start();
    const started = await waitForEngine();
    progress.done(started);
    return `${started}, started`;
  } catch (error) {
    progress.done("failed");
    throw error;
  }
}

async function engine(): Promise<string | undefined> {
  const result = await execa("docker", ["version", "--format", "{{.Server.Version}}"], {
    reject: false,
    timeout: 10_000,
  });
  return result.exitCode === 0 && result.stdout ? `Docker ${result.stdout}` : undefined;
}

function isInstalled(): boolean {
  return ["/usr/bin/dockerd", "/usr/sbin/dockerd", "/usr/local/bin/dockerd"].some((path) => existsSync(path));
}

async function start(): Promise<void> {
  if (existsSync("/run/systemd/system")) {
    await execa("systemctl", ["start", "docker"], { reject: false });
    return;
  }
  mkdirSync(cacheFolder(), { recursive: true });
  const log = openSync(cacheFolder("dockerd.log"), "a");
  spawn("dockerd", [], { detached: true, stdio: ["ignore", log, log] }).unref();
}

async function waitForEngine(): Promise<string> {
  for (const end = Date.now() + 45_000; Date.now() < end; ) {
    const running = await engine();
    if (running) return running;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new UserError(
    `the Docker engine did not start within 45 s; its log: ${existsSync("/run/systemd/system") ? "journalctl -u docker" : cacheFolder("dockerd.log")}`,
  );
}
