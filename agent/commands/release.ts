import { Command } from "commander";
import { change, newImage } from "../change";
import { Failure } from "../failure";
import type { Host } from "../host";
import type { Manifest, Origin } from "../manifest";
import { actorOf } from "./actor";
import { appName, count, seconds } from "./arguments";
import { carryOut } from "./carry-out";
import { loginOf, manifestOf, standardInput } from "./input";
import { complain, say } from "./output";

/** Seconds a change waits for another release of the app, as the settings' own default. */
const WAIT = 900;

/** What stands on the command line. */
interface Options {
  readonly wait?: number;
  readonly json?: boolean;
  readonly image: readonly string[];
  readonly commit?: string;
  readonly run?: string;
  readonly actor?: string;
  readonly sequence?: number;
  readonly login?: boolean;
  readonly forward?: boolean;
}

/** `slipway release`. */
export function releaseCommand(host: Host): Command {
  return new Command("release")
    .description(
      "make the manifest on standard input (JSON), or what is live with other images, the live release of its app",
    )
    .argument("[app]", "name of the app whose images are to change; the manifest says it where left out", appName)
    .option(
      "--image <[process=]image>",
      "image by digest for a process, or for all of its repository; can be repeated",
      also,
      [],
    )
    .option("--commit <sha>", "commit it was made from")
    .option("--run <url>", "address of the CI run")
    .option("--actor <name>", "who asks (default: who called sudo)")
    .option(
      "--sequence <milliseconds>",
      "since 1970: when it was asked for; nothing older than what is live goes live (default: now)",
      count,
    )
    .option("--forward", "refuse an image that an earlier release had; CI's key is always held to it")
    .option("--login", 'read a login for the pull from standard input: {"server", "username", "password"}')
    .option(
      "--wait <seconds>",
      "how long to wait for another release of the same app (default: as the manifest says)",
      seconds,
    )
    .option("--json", "print the outcome as JSON; what happens goes to standard error")
    .addHelpText(
      "after",
      `
A manifest equal to what is live changes nothing. Exit code: 0 if the release is live, 1 if not.

  slipway release < manifest.json
  slipway release notes --image web=ghcr.io/team/notes@sha256:… --commit 1f2e3d4`,
    )
    .action(async (app: string | undefined, options: Options) => {
      const manifest = app === undefined ? await wholeManifest(options) : await changedManifest(host, app, options);
      await carryOut(host, manifest, options);
    });
}

async function wholeManifest({ image, commit, run, actor, sequence, login, forward }: Options): Promise<Manifest> {
  if (image.length > 0 || login || forward || [commit, run, actor, sequence].some((value) => value !== undefined))
    throw new Failure("expected the name of an app: slipway release APP --image …; a manifest says all of this itself");
  return manifestOf(await standardInput("a manifest (JSON), slipway release < manifest.json,"));
}

async function changedManifest(host: Host, app: string, options: Options): Promise<Manifest> {
  if (options.image.length === 0)
    throw new Failure(`expected what is to change: slipway release ${app} --image PROCESS=REPOSITORY@sha256:…`);
  const origin = originOf(options);
  return change(host, {
    app,
    images: options.image.map(newImage),
    origin,
    ...(options.login && { registry: loginOf(await standardInput("a login (JSON)")) }),
    forward: options.forward ?? false,
    wait: options.wait ?? WAIT,
    owner: `${origin.actor}, slipway release ${app}, pid ${process.pid}`.replace(/\s+/g, " "),
    say: options.json ? complain : say,
  });
}

function originOf({ commit, run, actor, sequence }: Options): Origin {
  return {
    sequence: sequence ?? Date.now(),
    actor: actor || actorOf(process.env),
    ...(commit !== undefined && { commit }),
    ...(run !== undefined && { run }),
  };
}

function also(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
