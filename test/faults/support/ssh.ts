/** Commands on a sandbox machine by the `ssh` program, as people and CI run them: with a key of their own, and a host key that is known. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Manifest } from "../../../agent/manifest";
import { type Harbour, type Ran, type UnderWay, underWay } from "./harbour";

/** A way in as user deploy. */
export interface Ssh {
  /** Runs a command line; `input` is its standard input. */
  run(command: string, input?: string): Promise<Ran>;
  /** The same, while the test goes on. */
  start(command: string, input?: string): UnderWay;
  /** Asks the engine for a release, as a stack does. */
  release(manifest: Manifest): UnderWay;
  /** Takes the key off this computer; on the machine it is gone with the machine. */
  end(): void;
}

/** Makes a key that the machine lets in. */
export async function sshTo(harbour: Harbour): Promise<Ssh> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-ssh-"));
  const [key, known] = [join(folder, "key"), join(folder, "known_hosts")];
  await execa("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", key]);
  const publicKey = readFileSync(`${key}.pub`, "utf8").trim();
  await harbour.sh(`echo '${publicKey}' >> ~deploy/.ssh/authorized_keys`);
  const { output } = await harbour.sh("cat /etc/ssh/*ed25519*key.pub");
  writeFileSync(known, output.replaceAll(/^(?=\S)/gm, `${harbour.address} `));
  const options = [
    ...["-F", "none", "-i", key, "-o", "BatchMode=yes", "-o", "IdentitiesOnly=yes"],
    ...["-o", `UserKnownHostsFile=${known}`, "-o", "StrictHostKeyChecking=yes"],
  ];
  const start = (command: string, input = "") =>
    underWay("ssh", [...options, `deploy@${harbour.address}`, command], input);
  return {
    start,
    async run(command, input = "") {
      const { exitCode, all } = await execa("ssh", [...options, `deploy@${harbour.address}`, command], {
        input,
        all: true,
        reject: false,
      });
      return { code: exitCode ?? 255, output: String(all) };
    },
    release: (manifest) => start("sudo slipway release", JSON.stringify(manifest)),
    end: () => rmSync(folder, { recursive: true, force: true }),
  };
}
