import { execa } from "execa";
import { ask, type TestStack } from "../test/e2e/support/stack";
import { onStack, pulumiOf } from "./pulumi";
import { median, type Report, timed } from "./report";

const rounds = 5;

/** `up` of an edit of the app's source against the sum of its parts done by hand with the container engine alone. */
export async function codeChange(stack: TestStack): Promise<Report> {
  // Watching, and dumping the database, are asked for by settings; doing it by hand has neither.
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:apps", "notes", "limits", "watch"], 0);
    settings.setIn(["config", "slipway:apps", "notes", "snapshot"], false);
  });
  const { url } = await stack.up();
  const pulumi = await pulumiOf(stack);
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    edit(stack, `by hand ${round}`);
    const hand = await deployByHand(stack, round);
    edit(stack, `by Slipway ${round}`);
    const up = await pulumi(["up", "--yes", "--skip-preview", ...onStack(stack)]);
    // The first round fills both builders' caches and pushes the layers that never change.
    if (round > 0) {
      byHand.push(hand);
      ours.push(up);
    }
    if (!(await ask(url)).body.includes(`by Slipway ${round}`)) throw new Error("the new version is not served");
  }
  return {
    rows: [{ what: "code-only up / its parts by hand", value: median(ours) / median(byHand), limit: 1.5, unit: "×" }],
    raw: { "up, s": ours, "by hand, s": byHand },
  };
}

function edit(stack: TestStack, title: string): void {
  stack.edit("board/templates/board/board.html", (text) => text.replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`));
}

/** Build, push, pull on the host, migrate, start, first healthy answer; each by the plain command. @returns seconds */
async function deployByHand(stack: TestStack, round: number): Promise<number> {
  const registry = `10.213.${stack.slot}.2:5000`;
  const image = `${registry}/by-hand:${round}`;
  await execa("docker", ["login", registry, "-u", "slipway", "--password-stdin"], { input: "rehearsal-only" });
  const live = (
    await stack.onMachine("bash", "-c", "ls -d /var/lib/slipway/apps/notes/releases/* | sort -V | tail -1")
  ).trim();
  const auth = Buffer.from("slipway:rehearsal-only").toString("base64");
  await stack.onMachine(
    "bash",
    "-c",
    `install -d -m 700 /root/.docker && echo '{"auths":{"${registry}":{"auth":"${auth}"}}}' > /root/.docker/config.json`,
  );
  const run = ["docker", "run", "--network", "slipway-notes", "--env-file", `${live}/env.by-hand`];
  // The engine's env file quotes its values as compose wants them; plain docker run does not.
  await stack.onMachine("bash", "-c", `sed -E "s/^([A-Za-z_0-9]+)='(.*)'$/\\1=\\2/" ${live}/env > ${live}/env.by-hand`);
  const { seconds } = await timed(async () => {
    await execa("docker", ["build", "-q", "-t", image, "--build-arg", "BASE=slipway-sandbox/python:3.13", stack.app]);
    await execa("docker", ["push", "-q", image]);
    await stack.onMachine("docker", "pull", "-q", image);
    await stack.onMachine(...run, "--rm", image, "python", "manage.py", "migrate", "--noinput");
    await stack.onMachine(...run, "-d", "--name", "by-hand", "-p", "127.0.0.1:9999:8000", image);
    await stack.onMachine(
      "bash",
      "-c",
      "until curl -sf -o /dev/null -H 'Host: notes.localhost' http://127.0.0.1:9999/healthz; do sleep 0.05; done",
    );
  });
  await stack.onMachine("docker", "rm", "-f", "by-hand");
  await stack.onMachine("rm", "-f", "/root/.docker/config.json", `${live}/env.by-hand`);
  return seconds;
}
