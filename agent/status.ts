/** `slipway status`: what runs on this host, as data and as text. */
import { addressesOf } from "./attempt";
import { caddyfile } from "./caddyfile";
import { APP_LABEL, PROCESS_LABEL, RELEASE_LABEL } from "./compose";
import type { Host } from "./host";
import { readLedger } from "./ledger";
import { APPS, CADDYFILE } from "./paths";
import { liveRecords } from "./record";

/** How an app fares. */
export interface AppStatus {
  readonly app: string;
  /** The live release; none where the first one has not succeeded. */
  readonly release?: number;
  /** ISO 8601, when the live release was asked for. */
  readonly since?: string;
  readonly actor?: string;
  readonly commit?: string;
  readonly addresses: readonly string[];
  /** Containers there are against those that should be, by process. */
  readonly processes: Readonly<Record<string, { readonly running: number; readonly wanted: number }>>;
  /** What is not as it should be; empty if all is well. */
  readonly problems: readonly string[];
}

/** How the whole host fares. */
export interface HostStatus {
  readonly apps: readonly AppStatus[];
  /** Whether the edge's file is the one that the live releases call for. */
  readonly edge: "as it should be" | "changed by hand or by an interrupted release";
}

/** Looks at every app of the host. */
export async function status(host: Host): Promise<HostStatus> {
  const [names, records, containers, edge] = await Promise.all([
    host.files.list(APPS),
    liveRecords(host.files),
    host.docker.containers(APP_LABEL),
    host.files.read(CADDYFILE),
  ]);
  const apps = await Promise.all(
    names.map(async (app): Promise<AppStatus> => {
      const last = (await readLedger(host.files, app)).at(-1);
      const failed =
        last && last.result !== "live"
          ? [`last release ${last.release} ${last.result} at ${last.step ?? "an unknown step"}`]
          : [];
      const record = records.find(({ content }) => content.app === app);
      if (!record) return { app, addresses: [], processes: {}, problems: ["nothing is live", ...failed] };
      const { release, content, origin } = record;
      const processes = Object.fromEntries(
        Object.entries(content.processes).map(([name, { replicas }]) => {
          const running = containers.filter(
            (container) =>
              container.running &&
              container.labels[APP_LABEL] === app &&
              container.labels[RELEASE_LABEL] === String(release) &&
              container.labels[PROCESS_LABEL] === name,
          ).length;
          return [name, { running, wanted: replicas }];
        }),
      );
      const short = Object.entries(processes).filter(([, { running, wanted }]) => running < wanted);
      return {
        app,
        release,
        since: new Date(origin.sequence).toISOString(),
        actor: origin.actor,
        ...(origin.commit !== undefined && { commit: origin.commit }),
        addresses: addressesOf(content),
        processes,
        problems: [
          ...short.map(([name, { running, wanted }]) => `process ${name}: ${running} of ${wanted} run`),
          ...failed,
        ],
      };
    }),
  );
  const expected = records.length === 0 || edge === caddyfile(records);
  return { apps, edge: expected ? "as it should be" : "changed by hand or by an interrupted release" };
}

/** The status as lines for people. */
export function statusText({ apps, edge }: HostStatus): readonly string[] {
  const lines = apps.flatMap((app) => {
    const release = app.release === undefined ? "no live release" : `release ${app.release}`;
    const from = app.commit === undefined ? app.actor : `${app.actor}, commit ${app.commit}`;
    return [
      `${app.app}  ${[release, ...(app.since ? [`since ${app.since} by ${from}`] : [])].join(" ")}`,
      ...app.addresses.map((address) => `  ${address}`),
      ...Object.entries(app.processes).map(([name, { running, wanted }]) => `  ${name}: ${running} of ${wanted} run`),
      ...app.problems.map((problem) => `  ! ${problem}`),
    ];
  });
  return [...(lines.length > 0 ? lines : ["no app on this host"]), `edge: ${edge}`];
}
