/** `slipway release APP --image …`: what is live, with other images. */
import { Failure } from "./failure";
import type { Host } from "./host";
import { underLease } from "./lease";
import { readLedger } from "./ledger";
import { ImageDigest, type Manifest, Name, type Origin } from "./manifest";
import { imagesOf, type ReleaseRecord, readEnvironment, readLive, readRecord } from "./record";

/** An image to go live. */
export interface NewImage {
  /** Its process; where left out, every process that runs images of the same repository. */
  readonly process?: string;
  /** By digest. */
  readonly image: string;
}

/** What a text such as `web=ghcr.io/team/notes@sha256:…`, or the same without a process, stands for. @throws Failure */
export function newImage(text: string): NewImage {
  const [, process, image = text] = /^([^=/@]+)=(.*)$/.exec(text) ?? [];
  if (process !== undefined && !Name.safeParse(process).success)
    throw new Failure(`${process} cannot be the name of a process; expected PROCESS=REPOSITORY@sha256:…`);
  if (!ImageDigest.safeParse(image).success)
    throw new Failure(
      `${image} is no image by digest; expected [PROCESS=]REPOSITORY@sha256:…, as docker push prints it`,
    );
  return { ...(process !== undefined && { process }), image };
}

/** What a change is asked with. */
export interface Change {
  readonly images: readonly NewImage[];
  readonly origin: Origin;
  /** Login for the pull. */
  readonly registry?: NonNullable<Manifest["registry"]>;
}

/**
 * The manifest of what is live with other images. The repositories stay: whoever may name an image by its digest alone can only bring
 * what was pushed where the stack looks for it.
 * @throws Failure if an image belongs to no process, or two belong to one
 */
export function changed(
  { content }: ReleaseRecord,
  environment: Readonly<Record<string, string>>,
  { images, origin, registry }: Change,
): Manifest {
  const chosen = new Map<string, string>();
  for (const one of images) {
    for (const name of processesOf(content, one)) {
      if (chosen.has(name)) throw new Failure(`process ${name} of ${content.app} is given two images`);
      chosen.set(name, one.image);
    }
  }
  return {
    ...content,
    origin,
    ...(registry && { registry }),
    environment: { ...environment },
    processes: Object.fromEntries(
      Object.entries(content.processes).map(([name, process]) => [
        name,
        { ...process, image: chosen.get(name) ?? process.image },
      ]),
    ),
    before: { ...imagesOf(content) },
  };
}

function processesOf({ app, processes }: ReleaseRecord["content"], { process, image }: NewImage): readonly string[] {
  const repository = repositoryOf(image);
  const known = Object.entries(processes).map(([name, one]) => ({ name, repository: repositoryOf(one.image) }));
  const list = known.map((one) => `${one.name} (${one.repository})`).join(", ");
  const fitting = known.filter((one) => one.repository === repository);
  if (process === undefined) {
    if (fitting.length === 0) throw new Failure(`no process of ${app} runs images of ${repository}; it has: ${list}`);
    return fitting.map(({ name }) => name);
  }
  if (!(process in processes)) throw new Failure(`${app} has no process ${process}; it has: ${list}`);
  if (!fitting.some(({ name }) => name === process))
    throw new Failure(
      `process ${process} of ${app} does not run images of ${repository}; it has: ${list}. Another repository is for the stack to set`,
    );
  return [process];
}

/** An image's name less its digest or tag. */
function repositoryOf(image: string): string {
  return image.replace(/@sha256:[0-9a-f]+$/, "").replace(/:[^:/]+$/, "");
}

/** How a change is made of what is live. */
export interface ChangeOrder extends Change {
  readonly app: string;
  /** Seconds to wait for a release of the app that is under way. */
  readonly wait: number;
  /** Who asks, one line. */
  readonly owner: string;
  readonly say: (line: string) => void;
  /** Whether an image that an earlier release had is refused, unless it is live. */
  readonly forward?: boolean;
}

/**
 * Refuses images that were live once and are no more: back is a person's decision, or the stack's.
 * @throws Failure naming the release
 */
async function expectForward(host: Host, { app, images }: ChangeOrder, { content }: ReleaseRecord): Promise<void> {
  const live = new Set(Object.values(imagesOf(content)).map(digestOf));
  const rows = (await readLedger(host.files, app)).filter(({ result }) => result === "live");
  for (const { image } of images) {
    const digest = digestOf(image);
    const earlier = live.has(digest)
      ? undefined
      : rows.findLast((row) => Object.values(row.images).some((one) => digestOf(one) === digest));
    if (earlier)
      throw new Failure(
        `${image} was live in release ${earlier.release} of ${app} and is no more; CI only goes forward. ` +
          `To go back, a person does: slipway rollback ${app}, or pulumi up; to bring the same code again, build it anew`,
      );
  }
}

/** Of an image by digest, whatever it is called. */
function digestOf(image: string): string {
  return image.slice(image.lastIndexOf("@") + 1);
}

/**
 * The manifest of a change to what is live once no release of the app is under way: one that is may well change what this one starts from.
 * @throws Failure if nothing is live, or an image is refused
 */
export async function change(host: Host, order: ChangeOrder): Promise<Manifest> {
  return underLease(host, order, async () => {
    const { app } = order;
    const live = await readLive(host.files, app);
    const record = live && (await readRecord(host.files, app, live.release));
    if (!record)
      throw new Failure(
        `nothing of ${app} is live on this host, so there is nothing to change; the stack makes its first release`,
      );
    if (order.forward) await expectForward(host, order, record);
    const environment = await readEnvironment(host.files, app, record.release);
    if (!environment)
      throw new Failure(
        `the environment of release ${record.release} of ${app} is gone from this host; release it by the stack`,
      );
    return changed(record, environment, order);
  });
}
