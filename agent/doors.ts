/**
 * Doors: how the edge finds the live release without being configured anew. A new configuration would make the edge close idle
 * connections under its clients' hands, and a request on its way there would be lost. So the Caddyfile names folders, and what lies in
 * them decides, request by request: the names of empty files give the ports of a process, links give its static files. Of several
 * the one whose name sorts first wins, which is the newest release's: adding a name is the switch, removing it is the way back.
 */
import { EDGE } from "./paths";
import type { ReleaseRecord } from "./record";

/** Something the edge finds in one of its folders. */
export interface Door {
  readonly path: string;
  /** Where a link leads; a door without is an empty file. */
  readonly target?: string;
}

/** Release numbers are counted down from here so that the newest name sorts first. */
const TOP = 999_999;

/** Folder of a process's ports. The number of replicas is in its name since the edge's configuration depends on it. */
export const portsFolder = (app: string, process: string, replicas: number) =>
  `${EDGE}/${app}/ports/${process}/${replicas}`;
/** Folder of a process's static files, one link for each release. */
export const staticFolder = (app: string, process: string) => `${EDGE}/${app}/static/${process}`;

/** Name of a release among doors: six digits, the newest first. */
export const doorName = (release: number) => String(TOP - release).padStart(6, "0");

/** The release that a door's name stands for. */
export function releaseOf(path: string): number {
  const digits = /\/(\d{6})(?:-[\d-]+\.ports)?$/.exec(path)?.[1];
  return digits === undefined ? Number.NaN : TOP - Number(digits);
}

/** Whether a door of the app leads to static files. */
export const isStaticDoor = (app: string, path: string) => path.startsWith(`${EDGE}/${app}/static/`);

/** All doors of a release: static files first, so that a page never comes before its style sheet. */
export function doorsOf(record: ReleaseRecord, staticFiles: (process: string) => string): readonly Door[] {
  const { app, processes, routes } = record.content;
  const name = doorName(record.release);
  const routed = Object.entries(processes).filter(([process]) => routes.some((route) => route.process === process));
  return [
    ...routed
      .filter(([, { static: files }]) => files !== undefined)
      .map(([process]) => ({ path: `${staticFolder(app, process)}/${name}`, target: staticFiles(process) })),
    ...routed.map(([process, { replicas }]) => ({
      path: `${portsFolder(app, process, replicas)}/${name}-${(record.ports[process] ?? []).join("-")}.ports`,
    })),
  ];
}
