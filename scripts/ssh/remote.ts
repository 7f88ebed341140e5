/** Commands on a machine: one whose answer a program reads, and one that a person attends. */
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import type { Client, ClientChannel } from "ssh2";
import { commandLine } from "../../infra/ssh/commandLine";
import { UserError } from "../lib/userError";

/** What a command printed and how it ended. */
export interface Captured {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The streams of the person who attends a command; `process` has them. */
export interface Person {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Runs a command to its end. @param input for its standard input */
export async function capture(client: Client, argv: readonly string[], input = ""): Promise<Captured> {
  const { channel, ended } = await open(client, argv, undefined);
  let stdout = "";
  let stderr = "";
  channel.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  channel.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  channel.end(input);
  return { code: await ended, stdout, stderr };
}

/**
 * Runs a command with a person's own streams: as on a terminal where there is one on both sides, so that keys, colours and its size go
 * through, else with standard output and error apart. @returns its exit code, 128 + the signal's number if one ended it
 */
export async function attend(client: Client, argv: readonly string[], person: Person): Promise<number> {
  const { stdin, stdout } = person;
  const terminal = stdin.isTTY && stdout.isTTY;
  const { channel, ended } = await open(client, argv, terminal ? person.stdout : undefined);
  const lent = terminal ? lendTerminal(channel, person) : lendStreams(channel, person);
  try {
    return await Promise.race([ended, lent.left]);
  } finally {
    lent.giveBack();
    channel.destroy();
    stdin.unpipe(channel);
    stdin.pause();
  }
}

/** A person's streams while a command has them. */
interface Lent {
  /** Resolves with an exit code when the person goes before the command ends. */
  readonly left: Promise<number>;
  giveBack(): void;
}

/** Ctrl-C and all other keys are the other side's: this one only passes them on. */
function lendTerminal(channel: ClientChannel, { stdin, stdout }: Person): Lent {
  const resize = () => channel.setWindow(stdout.rows, stdout.columns, 0, 0);
  const before = stty("-g").trim();
  stty("raw", "-echo");
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  stdout.on("resize", resize);
  return {
    left: new Promise(() => {}),
    giveBack() {
      stdout.off("resize", resize);
      stty(before);
    },
  };
}

/** Node's own raw mode goes on putting a return before each line feed, which the terminal on the other side has done already. */
function stty(...args: string[]): string {
  return spawnSync("stty", args, { stdio: ["inherit", "pipe", "inherit"], encoding: "utf8" }).stdout ?? "";
}

/** Ctrl-C, or a reader who has read enough (`| head`), ends the connection, and with it what writes to it. */
function lendStreams(channel: ClientChannel, { stdin, stdout, stderr }: Person): Lent {
  let leave: (code: number) => void = () => {};
  const left = new Promise<number>((resolve) => {
    leave = resolve;
  });
  const interrupt = () => leave(128 + constants.signals.SIGINT);
  process.once("SIGINT", interrupt);
  stdout.once("error", () => leave(128 + constants.signals.SIGPIPE));
  stdin.pipe(channel);
  channel.pipe(stdout, { end: false });
  channel.stderr.pipe(stderr, { end: false });
  return {
    left,
    giveBack() {
      process.off("SIGINT", interrupt);
    },
  };
}

/** A command that was begun. */
interface Begun {
  readonly channel: ClientChannel;
  /** Resolves with the exit code once all output has come. */
  readonly ended: Promise<number>;
}

function open(client: Client, argv: readonly string[], terminal: NodeJS.WriteStream | undefined): Promise<Begun> {
  const options = terminal
    ? { pty: { term: process.env.TERM ?? "xterm", rows: terminal.rows, cols: terminal.columns } }
    : {};
  return new Promise((resolve, reject) =>
    client.exec(commandLine(argv), options, (error, channel) => {
      if (error) return reject(error);
      // Listened to at once: a quick command's exit code comes with the answer that it was begun.
      const end = ended(client, channel);
      // Whoever has the channel awaits it, a moment later.
      end.catch(() => {});
      resolve({ channel, ended: end });
    }),
  );
}

function ended(client: Client, channel: ClientChannel): Promise<number> {
  return new Promise((resolve, reject) => {
    let code: number | undefined;
    channel.once("exit", (given: number | null, signal?: string) => {
      code = given ?? 128 + (constants.signals[`SIG${signal?.replace(/^SIG/, "")}` as NodeJS.Signals] ?? 0);
    });
    channel.once("close", () => {
      if (code === undefined) reject(lost());
      else resolve(code);
    });
    client.once("error", () => reject(lost()));
  });
}

function lost(): UserError {
  return new UserError(
    "the connection was lost before the command had ended. A release goes on by itself on the host: ./scripts/slipway status tells how it went",
  );
}
