/** Progress of a long step on standard error: one line that is rewritten on a terminal, a line every 15 s elsewhere. */
export class Progress {
  readonly #label: string;
  readonly #started = Date.now();
  readonly #timer: NodeJS.Timeout;
  #detail = "";

  constructor(label: string) {
    this.#label = label;
    if (!process.stderr.isTTY) process.stderr.write(`${label} …\n`);
    this.#timer = setInterval(() => this.#draw(), process.stderr.isTTY ? 500 : 15_000);
  }

  /** What the step is at, e.g. `812 packages`. */
  detail(text: string): void {
    this.#detail = text;
  }

  /** Ends the step; `outcome` stays on the screen. */
  done(outcome: string): void {
    clearInterval(this.#timer);
    const clear = process.stderr.isTTY ? "\r\u001b[2K" : "";
    process.stderr.write(`${clear}${this.#label}: ${outcome} (${this.#seconds()} s)\n`);
  }

  #draw(): void {
    const text = `${this.#label} … ${this.#seconds()} s${this.#detail ? `, ${this.#detail}` : ""}`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[2K${text}` : `${text}\n`);
  }

  #seconds(): string {
    return ((Date.now() - this.#started) / 1000).toFixed(0);
  }
}
