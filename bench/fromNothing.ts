import { execa } from "execa";
import type { TestStack } from "../test/e2e/support/stack";
import { onStack, pulumiOf } from "./pulumi";
import { median, type Report, timed } from "./report";

const rounds = 3;

/** `up` of a whole stack against its longest chain done by hand: boot, packages, pull, migrate. */
export async function fromNothing(stack: TestStack): Promise<Report> {
  await stack.up();
  const pulumi = await pulumiOf(stack);
  const ours: number[] = [];
  const chains: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await pulumi(["destroy", "--yes", "--skip-preview", ...onStack(stack)]);
    ours.push(await pulumi(["up", "--yes", "--skip-preview", ...onStack(stack)]));
    chains.push(await longestChain(stack));
  }
  return {
    rows: [{ what: "up from nothing / its longest chain", value: median(ours) / median(chains), limit: 2, unit: "×" }],
    raw: { "up, s": ours, "boot + packages + pull + migrate by hand, s": chains },
  };
}

/** A second machine beside the stack's own, driven by plain commands. @returns seconds from the order to a migrated database */
async function longestChain(stack: TestStack): Promise<number> {
  const headers = { authorization: "Bearer sandbox", "content-type": "application/json" };
  const releases = JSON.parse(await stack.onMachine("slipway", "releases", "notes", "--json")) as {
    images: Record<string, string>;
  }[];
  const image = releases[0]?.images.web;
  if (image === undefined) throw new Error("the stack has no release to take the image from");
  const registry = `10.213.${stack.slot}.2:5000`;
  const auth = Buffer.from("slipway:rehearsal-only").toString("base64");
  let id = 0;
  const { seconds } = await timed(async () => {
    const body = JSON.stringify({ name: "by-hand", region: "fra1", size: "s-1vcpu-2gb", image: "debian-13-x64" });
    const answer = await fetch(`${stack.api}/v2/droplets`, { method: "POST", headers, body });
    id = ((await answer.json()) as { droplet: { id: number } }).droplet.id;
    const machine = await containerOf(stack, id);
    const on = (...argv: string[]) => execa("docker", ["exec", "-i", machine, ...argv]);
    await on("cloud-init", "status", "--wait").catch(() => undefined);
    await on("dpkg-query", "-W", "docker.io", "postgresql", "caddy", "nodejs");
    await on("bash", "-c", "until docker info >/dev/null 2>&1 && pg_isready -q; do sleep 0.1; done");
    await on(
      "bash",
      "-c",
      `install -d /root/.docker && echo '{"auths":{"${registry}":{"auth":"${auth}"}}}' > /root/.docker/config.json`,
    );
    await on("docker", "pull", "-q", image);
    await on(
      "sudo",
      "-u",
      "postgres",
      "psql",
      "-qc",
      "CREATE ROLE notes LOGIN PASSWORD 'by-hand'",
      "-c",
      "CREATE DATABASE notes OWNER notes",
    );
    await on(
      "docker",
      "run",
      "--rm",
      "--network",
      "host",
      "-e",
      "SECRET_KEY=x",
      "-e",
      "DATABASE_URL=postgres://notes:by-hand@127.0.0.1/notes",
      image,
      "python",
      "manage.py",
      "migrate",
      "--noinput",
    );
  });
  await fetch(`${stack.api}/v2/droplets/${id}`, { method: "DELETE", headers });
  return seconds;
}

async function containerOf(stack: TestStack, id: number): Promise<string> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const [container] = await stack.docker("ps", "-q", "--filter", `name=slipway-${stack.slot}-droplet-${id}`);
    if (container) return container;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`machine droplet-${id} did not appear`);
}
