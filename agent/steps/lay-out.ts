import { excessOfRendered, excessOfWords, Rendered, refuse } from "../allowed";
import { type Attempt, recordOf } from "../attempt";
import { authorityPath } from "../authorities";
import { composeProject, projectName } from "../compose";
import { envFile } from "../env-file";
import { Failure } from "../failure";
import type { Files } from "../host";
import type { Manifest } from "../manifest";
import { APPS, HOST_LOCK, releasePaths } from "../paths";
import { freePorts } from "../ports";
import {
  contentOf,
  legibleRecord,
  liveRecords,
  type ReleaseRecord,
  releaseFolders,
  servingRecord,
  writeRecord,
} from "../record";

/**
 * Gives out ports and writes the release's folder: record, env file, compose project and the certificates they name. Refuses what asks for
 * more of the host than the app may have: nothing else is there yet.
 */
export async function layOut(attempt: Attempt): Promise<undefined> {
  const { host, manifest, release } = attempt;
  const whose = `the compose file of ${manifest.app}`;
  refuse(excessOfWords(manifest), whose);
  const lock = await host.lock({ path: HOST_LOCK, wait: 60, owner: attempt.owner, onWait: () => {} });
  try {
    refuseTakenPlaces(manifest, await liveRecords(host.files));
    attempt.record = {
      version: 1,
      release,
      origin: manifest.origin,
      content: contentOf(manifest),
      environment: attempt.environment,
      ports: await givePorts(attempt),
      ...(Object.keys(attempt.kept).length > 0 && { kept: attempt.kept }),
    };
    await writeRecord(host.files, attempt.record);
  } finally {
    await lock.free();
  }
  const paths = releasePaths(manifest.app, release);
  const project = composeProject({ manifest, release, ports: recordOf(attempt).ports, kept: attempt.kept });
  await Promise.all([
    ...(manifest.authorities ?? []).map((text) => layAuthority(host.files, text)),
    host.files.write(paths.environment, envFile({ RELEASE: String(release), ...manifest.environment }), 0o600),
    host.files.write(paths.compose, `${JSON.stringify(project, null, 2)}\n`, 0o600),
  ]);
  const environment = { RELEASE: String(release), ...manifest.environment };
  const rendered = await host.docker.render(paths.folder, projectName(manifest.app, release), environment);
  refuse(excessOfRendered(Rendered.parse(rendered), manifest), whose);
}

function refuseTakenPlaces(manifest: Manifest, live: readonly ReleaseRecord[]): void {
  for (const { content } of live) {
    if (content.app === manifest.app) continue;
    const taken = manifest.routes.find((route) =>
      content.routes.some(({ host, path }) => host === route.host && path === route.path),
    );
    if (taken)
      throw new Failure(
        `${taken.host}${taken.path ?? ""} already leads to app ${content.app} on this host; give one of them another name or path`,
      );
  }
}

/** What goes on keeps those it has. */
async function givePorts({ host, manifest, kept, live }: Attempt): Promise<Record<string, number[]>> {
  const held = Object.entries(live?.ports ?? {}).filter(([name]) => name in kept);
  const wanting = Object.entries(manifest.processes).filter(
    ([name, process]) => process.port !== undefined && !(name in kept),
  );
  const count = wanting.reduce((sum, [, process]) => sum + process.replicas, 0);
  const ports = [...(await freePorts(count, await heldPorts(host.files), (port) => host.portFree(port)))];
  const given = wanting.map(([name, process]): [string, number[]] => [name, ports.splice(0, process.replicas)]);
  return Object.fromEntries([...held, ...given]);
}

/** Ports of every release on record: of those half made too, which may not listen yet. */
async function heldPorts(files: Files): Promise<readonly number[]> {
  const apps = await files.list(APPS);
  const held = await Promise.all(
    apps.map(async (app) => {
      const releases = await releaseFolders(files, app);
      const records = await Promise.all(releases.map((release) => legibleRecord(files, app, release)));
      const all = [...records, await servingRecord(files, app)];
      return all.flatMap((record) => (record ? Object.values(record.ports).flat() : []));
    }),
  );
  return held.flat();
}

/** Apps share it, so it is written once and then left alone. */
async function layAuthority(files: Files, text: string): Promise<void> {
  const path = authorityPath(text);
  if ((await files.read(path)) !== text) await files.write(path, text, 0o644);
}
