/** What of a command's output is shown while it runs. */
import type { Log } from "../resource";
import type { Value } from "../wire";

/** The two streams of a command. */
export type Stream = "stdout" | "stderr";

/** Whether the `logging` setting lets a stream be shown. */
export function isShown(logging: Value | undefined, stream: Stream): boolean {
  return logging === undefined || logging === "stdoutAndStderr" || logging === stream;
}

/** Collects a command's output, and shows each line of it as soon as it is whole. */
export class Output {
  /** Both streams as they came. */
  all = "";
  readonly #texts = { stdout: "", stderr: "" };
  readonly #rests = { stdout: "", stderr: "" };
  readonly #log: Log;
  readonly #logging: Value | undefined;

  constructor(log: Log, logging: Value | undefined) {
    this.#log = log;
    this.#logging = logging;
  }

  add(stream: Stream, text: string): void {
    this.all += text;
    this.#texts[stream] += text;
    if (!isShown(this.#logging, stream)) return;
    const lines = (this.#rests[stream] + text).split("\n");
    this.#rests[stream] = lines.pop() ?? "";
    for (const line of lines) this.#log("status", line);
  }

  /** Shows a last line that has no end, and returns both texts without their last line break. */
  finish(): { stdout: string; stderr: string } {
    for (const rest of Object.values(this.#rests)) if (rest !== "") this.#log("status", rest);
    return { stdout: this.#texts.stdout.replace(/\n$/, ""), stderr: this.#texts.stderr.replace(/\n$/, "") };
  }
}
