/**
 * The gate: what an SSH key of CI may do, and nothing else. It stands in authorized_keys as the key's forced command, gets what was
 * asked for as a text, and makes of it an argument list that no shell sees. Whole manifests are not let through: a manifest can hold all
 * that a compose file can, a mount of the machine's own disk included, so that its key would be root's.
 */
import { parseArgs } from "node:util";
import { parse } from "shell-quote";
import { Failure } from "./failure";
import { FRONT } from "./front";

/** Options of `slipway release` that CI may give. */
const OPTIONS = {
  image: { type: "string", multiple: true },
  commit: { type: "string" },
  run: { type: "string" },
  actor: { type: "string" },
  sequence: { type: "string" },
  wait: { type: "string" },
  login: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/**
 * The argument list for what was asked for.
 * @param command as the client sent it; `undefined` where it asked for a shell
 * @param apps those the key may release
 * @throws Failure that says what is not allowed and what is
 */
export function admitted(command: string | undefined, apps: readonly string[]): readonly [string, ...string[]] {
  const allowed = `this key may only run: slipway release ${apps.join("|")} --image PROCESS=IMAGE@DIGEST`;
  const refuse = (what: string) => new Failure(`refused: ${what}; ${allowed}`);
  if (command === undefined || command.trim() === "") throw refuse("a shell was asked for");
  const words = plainWords(command);
  if (!words) throw refuse("the command is more than plain words");
  const [program, verb, ...rest] = words[0] === "sudo" ? words.slice(1) : words;
  if (program !== "slipway" && program !== FRONT) throw refuse(`${shown(program)} is not slipway`);
  if (verb !== "release") throw refuse(`slipway ${shown(verb)} is not release`);
  const { options, positionals } = readOptions(rest, refuse);
  const [app, ...others] = positionals;
  if (app === undefined) throw refuse("no app is named, and whole manifests are for the stack");
  if (others.length > 0) throw refuse(`${shown(others[0])} is one word too many`);
  if (!apps.includes(app)) throw refuse(`${shown(app)} is not an app of this key`);
  return ["sudo", "--non-interactive", FRONT, "release", app, ...argv(options)];
}

type Options = ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>["values"];

function readOptions(args: readonly string[], refuse: (what: string) => Failure) {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    return { options: values, positionals };
  } catch (thrown) {
    throw refuse((thrown as Error).message.split(/[.\n]/)[0] ?? "");
  }
}

/** Each value in one word with its option, so that none can be taken for an option itself. */
function argv({ image = [], actor, login, json, ...rest }: Options): string[] {
  return [
    ...image.map((one) => `--image=${one}`),
    ...Object.entries(rest).map(([name, value]) => `--${name}=${value}`),
    // The ledger is to show what came by this key, whatever name it came under.
    `--actor=${actor ? `${actor} (ci)` : "ci"}`,
    // Who stole the key must not bring back what was mended since.
    "--forward",
    ...(login ? ["--login"] : []),
    ...(json ? ["--json"] : []),
  ];
}

/** The words of a command line; `undefined` where it holds anything that a shell would do more with than take it apart. */
function plainWords(command: string): readonly string[] | undefined {
  if (/[\p{Cc}`]/u.test(command)) return undefined;
  const words = parse(command, (name) => ({ op: `$${name}` }));
  return words.every((word) => typeof word === "string") ? words : undefined;
}

function shown(word: string | undefined): string {
  return word === undefined ? "nothing" : `«${word.slice(0, 60)}»`;
}
