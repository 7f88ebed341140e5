/** How a release speaks: to whoever asked for it and to its log, secrets blotted out in both. */
import type { Host } from "./host";
import type { Manifest } from "./manifest";
import { guard, lineRedactor, redactor } from "./redact";
import { type RunLog, runLog } from "./run-log";

/** See the file's head. */
export interface Voice {
  /** Tells of the work. */
  readonly say: (line: string) => void;
  /** Tells of a failure. */
  readonly complain: (line: string) => void;
  readonly redact: (text: string) => string;
  /** From now on all that is said goes to the log of that release, too. */
  record(host: Host, app: string, release: number): void;
  /** Resolves when the log is written. */
  end(): Promise<void>;
}

/** Where the lines go. */
export interface Listeners {
  readonly say: (line: string) => void;
  readonly complain: (line: string) => void;
}

/** The voice of a release of this manifest. What is said before it has a number waits for its log to begin. */
export function voiceOf(manifest: Manifest, { say, complain }: Listeners): Voice {
  const secrets = secretsOf(manifest);
  guard(secrets);
  const redact = redactor(secrets);
  const redactLine = lineRedactor(secrets);
  const said: string[] = [];
  let log: RunLog | undefined;
  const through = (print: (line: string) => void) => (line: string) => {
    const text = line.split("\n").map(redactLine).join("\n");
    print(text);
    if (log) log.add(text);
    else said.push(text);
  };
  return {
    say: through(say),
    complain: through(complain),
    redact,
    record(host, app, release) {
      log = runLog(host.files, app, release, said);
    },
    async end() {
      await log?.end();
    },
  };
}

function secretsOf(manifest: Manifest): string[] {
  const values = manifest.secrets.flatMap((name) => manifest.environment[name] ?? []);
  return [
    ...values,
    ...(manifest.registry ? [manifest.registry.password] : []),
    ...(manifest.move ? [manifest.move.url] : []),
  ];
}
