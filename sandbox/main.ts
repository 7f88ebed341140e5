import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import Table from "cli-table3";
import { Argument, Command, Option } from "commander";
import packageJson from "../package.json";
import { bugText } from "./bug";
import { buildOf, checkPort, end, health, launch, logFile } from "./daemon";
import { connectEngine, statusOf } from "./engine";
import { type Extra, extraNames } from "./images/index";
import { withLock } from "./lock";
import { objectsLogin, objectsRegion, objectsRun, startObjects, stopObjects } from "./objects/server";
import { prepare } from "./prepare";
import { registryLogin } from "./registry/registry";
import { machinesOnEngine, purge, removeImages, stopContainers } from "./remains";
import { serve } from "./serve";
import { type Slot, slotOf } from "./slot";
import { reasonOf, UserError } from "./userError";

const program = __filename;
const say = (line: string) => process.stderr.write(`sandbox: ${line}\n`);

/** Exit code of `status` when the sandbox does not run. */
const notRunning = 3;

async function start(slot: Slot, extras: readonly Extra[]): Promise<void> {
  await exclusively(slot, async () => {
    const running = await health(slot);
    if (running === undefined) {
      // A daemon that is there and does not answer is of no use to anyone.
      await end(slot);
      // Asked before the long work, so that nobody waits for a refusal.
      await checkPort(slot);
    }
    const { images } = await prepare(slot, extras, say);
    const current =
      running !== undefined && running.build === (await buildOf(program)) && isDeepStrictEqual(running.images, images);
    if (!current) {
      if (running !== undefined) say("a daemon of another build is running and is replaced; machines are left alone");
      await end(slot);
      await launch(slot, program);
    }
    say(`${current ? "runs already" : "started"}: API ${slot.api.url}, registry ${slot.registry.server}`);
  });
}

async function status(slot: Slot, json: boolean): Promise<void> {
  const running = await health(slot);
  const machines = await machinesOnEngine(await connectEngine(), slot);
  const forwards = (running?.forwards ?? []).map(({ address, port, local }) => ({ address, port, local }));
  if (running === undefined) process.exitCode = notRunning;
  if (json) {
    const facts = {
      running: running !== undefined,
      slot: slot.number,
      api: slot.api.url,
      registry: slot.registry.server,
      dns: slot.dns.address,
      acme: { directory: slot.acme.directory, root: slot.acme.root, issuers: slot.acme.issuers },
      objects: {
        running: await objectsRun(slot),
        url: slot.objects.url,
        region: objectsRegion,
        ...objectsLogin,
      },
    };
    console.log(JSON.stringify({ ...facts, pid: running?.pid, machines, forwards }, null, 2));
    return;
  }
  console.log(`API       ${running ? slot.api.url : "not running; scripts/sandbox start"}`);
  console.log(`registry  ${slot.registry.server}  login ${registryLogin.username} / ${registryLogin.password}`);
  console.log(`names     ${slot.dns.address}  dig @${slot.dns.address} NAME`);
  console.log(`ACME      ${slot.acme.directory}  its root: ${slot.acme.root}`);
  console.log(`          trust what it issues: curl --cacert ${slot.acme.issuers} …`);
  if (await objectsRun(slot)) {
    console.log(`S3        ${slot.objects.url}  login ${objectsLogin.accessKey} / ${objectsLogin.secretKey}`);
  }
  console.log(`log       ${logFile(slot)}`);
  const table = new Table({
    head: ["machine", "power", "address", "memory", "reached at"],
    style: { head: [], border: [] },
  });
  for (const machine of machines) {
    const ways = forwards.filter((forward) => forward.address === machine.address);
    const at = ways.map((way) => `127.0.0.1:${way.local} → ${way.port}`).join("\n");
    table.push([machine.id, machine.state, machine.address, machine.state === "on" ? `${machine.memory} MiB` : "", at]);
  }
  console.log(machines.length > 0 ? table.toString() : "no machines");
}

async function reset(slot: Slot): Promise<void> {
  if ((await health(slot)) === undefined) throw new UserError("the sandbox does not run; scripts/sandbox start");
  const answer = await fetch(`${slot.api.url}/_sandbox/reset`, { method: "POST" });
  if (!answer.ok) throw new UserError(`the sandbox refused the reset: ${answer.status} ${await answer.text()}`);
  say("all machines and records are gone");
}

async function stop(slot: Slot, options: { purge?: boolean; images?: boolean }): Promise<void> {
  await exclusively(slot, async () => {
    await stopObjects(slot);
    const engine = await connectEngine();
    await end(slot);
    if (options.purge) {
      await purge(engine, slot);
      say("stopped; every container, volume, network and record is gone");
    } else {
      const count = await stopContainers(engine, slot);
      say(`stopped (${count} containers shut down); scripts/sandbox start brings everything back`);
    }
    if (options.images) {
      const used = await removeImages(engine);
      say(used > 0 ? `images removed, but for ${used} that other sandboxes use` : "images removed");
    }
  });
}

async function objects(
  slot: Slot,
  verb: "start" | "stop",
  options: { program?: string; bucket: string },
): Promise<void> {
  const { url } = slot.objects;
  await exclusively(slot, async () => {
    if (verb === "stop") await stopObjects(slot);
    else if (options.program === undefined)
      throw new UserError("the S3 server is started by ./scripts/object-store start");
    else await startObjects(slot, options.program, options.bucket);
  });
  say(verb === "stop" ? "the S3 server has ended; what it keeps stays" : `S3 server ${url}, bucket ${options.bucket}`);
}

/** Beside the slot's folder, which a purge removes. */
function exclusively(slot: Slot, work: () => Promise<void>): Promise<void> {
  return withLock(join(slot.shared, `${slot.number}.lock`), say, work);
}

function commands(): Command {
  const cli = new Command("sandbox").description(
    "Emulated clouds on real machines, on this computer alone. SLIPWAY_SANDBOX_SLOT=0 to 31 chooses one of them.",
  );
  cli
    .command("start")
    .description("make what is missing, start the daemon, turn on machines that were on")
    .addOption(new Option("--with <image...>", "further images for apps").choices(extraNames).default([]))
    .action((options: { with: Extra[] }) => start(slotOf(process.env), options.with));
  cli
    .command("status")
    .description(`addresses, machines and forwards; exit ${notRunning} if the sandbox does not run`)
    .option("--json", "for programs")
    .action((options: { json?: boolean }) => status(slotOf(process.env), options.json ?? false));
  cli
    .command("reset")
    .description("remove all machines and records; the sandbox goes on")
    .action(() => reset(slotOf(process.env)));
  cli
    .command("stop")
    .description("end the daemon and shut machines down; they are kept")
    .option("--purge", "remove everything this sandbox made on the engine, and its records")
    .option("--images", "remove the images too")
    .action((options: { purge?: boolean; images?: boolean }) => stop(slotOf(process.env), options));
  cli
    .command("objects")
    .description("start or end the S3 server; ./scripts/object-store brings its program")
    .addArgument(new Argument("<verb>").choices(["start", "stop"]))
    .option("--program <file>", "versitygw")
    .option("--bucket <name>", "made where it is missing", "state")
    .action((verb: "start" | "stop", options: { program?: string; bucket: string }) =>
      objects(slotOf(process.env), verb, options),
    );
  cli
    .command("serve")
    .description("run the daemon in this terminal (start does it in the background)")
    .action(() => serve(slotOf(process.env), packageJson.version, program));
  return cli;
}

/** One line for what a person can mend or the engine refused; all there is for a mistake of ours. */
function tell(error: unknown): string {
  if (error instanceof UserError) return error.message;
  if (statusOf(error) !== 0) return `the Docker engine refused: ${reasonOf(error)}`;
  return bugText(error);
}

commands()
  .parseAsync()
  .catch((error: unknown) => {
    process.stderr.write(`sandbox: ${tell(error)}\n`);
    process.exit(1);
  });
