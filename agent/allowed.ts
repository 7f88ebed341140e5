/**
 * Whether a release asks for no more than its app may have. Asked on the host before anything is created, twice: of the words of the compose file,
 * and of what compose has made of them, since only compose knows what it fills in.
 */
import * as z from "zod";
import { authorityPath } from "./authorities";
import { authorityMount, LABELS, servicesOf, volumeName } from "./compose";
import { mendOf, type Offence, offencesOf } from "./compose-judge";
import type { Known } from "./compose-values";
import { Failure } from "./failure";
import type { Manifest } from "./manifest";

/** The part of a manifest that says what is asked for and what is granted. */
export type Asking = Pick<Manifest, "app" | "processes" | "volumes" | "authorities">;

/** A project as `docker-compose config` renders it, as far as it matters here. */
export const Rendered = z.object({
  services: z.record(z.string(), z.record(z.string(), z.unknown())),
  volumes: z.record(z.string(), z.object({ name: z.string() })).default({}),
});
/** @see Rendered */
export type Rendered = z.infer<typeof Rendered>;

const VOLUME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/;

/** What the words of the compose file ask for beyond what the app may have, one line each. What holds a variable is left for later. */
export function excessOfWords(asking: Asking): readonly string[] {
  const names = asking.volumes.filter((name) => !VOLUME.test(name));
  return [
    ...names.map((name) => `volumes: ${JSON.stringify(name)} can be no name of a volume`),
    ...Object.entries(asking.processes).flatMap(([name, { compose }]) => excessOf(name, compose, asking, true)),
  ];
}

/** The same of what compose renders; all variables are filled in there. */
export function excessOfRendered(
  rendered: Rendered,
  asking: Asking & Pick<Manifest, "release" | "origin">,
): readonly string[] {
  const processes = servicesOf(asking);
  const lines = Object.entries(rendered.services).flatMap(([service, section]) => {
    const name = processes.get(service);
    const process = name === undefined ? undefined : asking.processes[name];
    if (name === undefined || !process) return [`services: ${service} is no process of the app`];
    const image = section.image === process.image ? [] : [`process ${name}: image: ${process.image} holds a variable`];
    // The engine's own file: compose may name it still, or have read it.
    const { env_file: _own, ...rest } = section;
    return [...image, ...excessOf(name, rest, asking, false)];
  });
  const volumes = Object.entries(rendered.volumes)
    .filter(([volume, { name }]) => name !== volumeName(asking.app, volume))
    .map(([volume]) => `volumes: ${JSON.stringify(volume)} holds a variable`);
  return [...new Set([...lines, ...volumes])];
}

/** @throws Failure that lists what is too much, if anything is */
export function refuse(excess: readonly string[], whose: string): void {
  if (excess.length === 0) return;
  throw new Failure(
    `${whose} asks for more of this host than an app may have; nothing was created. ${excess.join("; ")}`,
  );
}

function excessOf(
  name: string,
  section: Readonly<Record<string, unknown>>,
  asking: Asking,
  unfilled: boolean,
): readonly string[] {
  const process = asking.processes[name];
  const known: Known = {
    volumes: asking.volumes,
    labels: unfilled ? [] : LABELS,
    binds: unfilled ? [] : (asking.authorities ?? []).map((text) => authorityMount(authorityPath(text))),
    port: process?.port !== undefined,
  };
  return offencesOf(section, { known, grants: process?.grants ?? [], unfilled }).map((one) => lineOf(name, one));
}

function lineOf(name: string, offence: Offence): string {
  const { path, what, allowed } = offence;
  const mend = mendOf(name, offence);
  const help = [allowed && `allowed: ${allowed}`, mend && `mend: ${mend}`].filter(Boolean).join("; ");
  return `process ${name}: ${path}: ${what}${help && ` (${help})`}`;
}
