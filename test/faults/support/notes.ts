/** The app notes, which the stack has released on the machine: what its next release would be asked for with. It has a database. */
import { readEnvFile } from "../../../agent/env-file";
import type { Manifest } from "../../../agent/manifest";
import type { ReleaseRecord } from "../../../agent/record";
import type { Harbour } from "./harbour";

/** A manifest of notes as it is live, asked for anew by somebody else, with what `change` makes of it. */
export async function notesManifest(harbour: Harbour, change: (manifest: Manifest) => Manifest): Promise<Manifest> {
  const app = "/var/lib/slipway/apps/notes";
  const read = async (path: string) => (await harbour.sh(`cat ${path}`)).output;
  const { release } = JSON.parse(await read(`${app}/live.json`)) as { release: number };
  const { content } = JSON.parse(await read(`${app}/releases/${release}/record.json`)) as ReleaseRecord;
  const { RELEASE: _release, ...environment } = readEnvFile(await read(`${app}/releases/${release}/env`));
  return change({
    ...content,
    origin: { sequence: Date.now(), actor: "harbour master" },
    registry: { server: harbour.registry, username: "slipway", password: "rehearsal-only" },
    environment,
  });
}
