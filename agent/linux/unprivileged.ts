/** The user of this machine that Postgres's programs run as: what an app has put into its database must find nothing to take here. */
import { readFile } from "node:fs/promises";
import { Failure } from "../failure";
import { PROGRAMS_USER } from "../paths";
import { run } from "./process";

/** Number of a user and of its group. */
export interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user without rights, made where it is missing; none where this process has no rights to give away.
 * @throws Failure if it can't be made
 */
export async function unprivileged(): Promise<Ids | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  return (await find()) ?? (await make());
}

async function make(): Promise<Ids> {
  const options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"];
  // Another run may make it at the same moment: what counts is that it is there.
  const { output } = await run(["useradd", ...options, "--shell", "/usr/sbin/nologin", PROGRAMS_USER]);
  const made = await find();
  if (made) return made;
  throw new Failure(`the user ${PROGRAMS_USER}, which Postgres's programs run as, can't be made: ${output.trim()}`);
}

async function find(): Promise<Ids | undefined> {
  return idsIn(await readFile("/etc/passwd", "utf8"), PROGRAMS_USER);
}

/** Numbers of a user in the text of `/etc/passwd`; none of root's. */
export function idsIn(passwd: string, user: string): Ids | undefined {
  const line = passwd.split("\n").find((one) => one.startsWith(`${user}:`));
  const [, , uid, gid] = (line ?? "").split(":").map(Number);
  return uid && gid ? { uid, gid } : undefined;
}

/** The argument list that runs a program as that user, in no group but its own, with no way to other rights by a setuid program. */
export function withoutRights(
  ids: Ids | undefined,
  argv: readonly [string, ...string[]],
): readonly [string, ...string[]] {
  if (!ids) return argv;
  const as = [`--reuid=${ids.uid}`, `--regid=${ids.gid}`, "--clear-groups", "--inh-caps=-all", "--no-new-privs"];
  return ["setpriv", ...as, "--", ...argv];
}
