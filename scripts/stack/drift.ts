/** Drift: where a host is not what its stack last said. Decided in plain data. */
import Table from "cli-table3";
import { z } from "zod";

/** What a stack's outputs say of one app. */
export interface StackApp {
  readonly release: number;
  /** Image of each process, by digest or, where the host follows one, by tag. */
  readonly images: Readonly<Record<string, string>>;
  readonly addresses: readonly string[];
  readonly actor?: string | undefined;
  readonly commit?: string | undefined;
}

/** What `slipway status --json` on the host says, as far as it is compared. */
export const HostSide = z.object({
  apps: z.array(
    z.object({
      app: z.string(),
      /** The stack it belongs to. */
      stack: z.string().optional(),
      release: z.number().optional(),
      since: z.string().optional(),
      actor: z.string().optional(),
      commit: z.string().optional(),
      addresses: z.array(z.string()),
      busy: z.string().optional(),
      processes: z.record(
        z.string(),
        z.object({
          running: z.number(),
          wanted: z.number(),
          image: z.string(),
          follow: z.string().optional(),
          otherImages: z.array(z.string()),
        }),
      ),
      strays: z.array(z.string()),
      problems: z.array(z.string()).optional(),
    }),
  ),
  edge: z.string(),
  problems: z.array(z.string()).optional(),
});
/** @see HostSide */
export type HostSide = z.infer<typeof HostSide>;
type HostApp = HostSide["apps"][number];

/** One thing that differs. */
export interface Difference {
  /** The app; none for what belongs to the whole host. */
  readonly app?: string;
  /** What differs, e.g. `release`, `image of web`. */
  readonly what: string;
  readonly stack: string;
  readonly host: string;
  readonly todo: string;
}

const NONE = "-";

/** Everything that differs, app by app; empty where the host is what the stack said. */
export function driftOf(stack: Readonly<Record<string, StackApp>>, host: HostSide): readonly Difference[] {
  const names = [...new Set([...Object.keys(stack), ...host.apps.map(({ app }) => app)])].sort();
  return [
    ...names.flatMap((app) =>
      appDrift(
        app,
        stack[app],
        host.apps.find((one) => one.app === app),
      ),
    ),
    ...(host.edge === "as it should be"
      ? []
      : [
          {
            what: "edge",
            stack: "as the live releases call for",
            host: host.edge,
            todo: "edge: the next release of any app writes it anew",
          },
        ]),
  ];
}

function appDrift(app: string, stack: StackApp | undefined, host: HostApp | undefined): readonly Difference[] {
  if (!stack) {
    const todo = `${app}: put it into the stack's settings, or take it off the host: ./scripts/slipway remove ${app}`;
    return [{ app, what: "app", stack: NONE, host: host?.release ? `release ${host.release}` : "nothing live", todo }];
  }
  if (host?.release === undefined) {
    const todo = `${app}: any change of it (a value under env will do) and up release it anew`;
    return [{ app, what: "app", stack: `release ${stack.release}`, host: host ? "nothing live" : NONE, todo }];
  }
  return [
    ...releaseDrift(app, stack, host),
    ...imageDrift(app, stack, host),
    ...addressDrift(app, stack, host),
    ...containerDrift(app, host),
  ];
}

/** Someone released, by CI, by the host's own timer or by going back, after the stack did. */
function releaseDrift(app: string, stack: StackApp, host: HostApp): readonly Difference[] {
  if (host.release === stack.release || isFollowed(stack, host)) return [];
  const kept = `${app}: «slipway releases ${app}» tells how it came about; up keeps the host's image until the stack's own changes`;
  const isNewer = host.release !== undefined && host.release > stack.release;
  const back = isNewer ? `; to go back: ./scripts/slipway rollback ${app} ${stack.release}` : "";
  return [
    {
      app,
      what: "release",
      stack: [`${stack.release}`, byText(stack)].filter(Boolean).join(" "),
      host: [`${host.release}`, byText(host), host.since?.slice(0, 16).replace("T", " ")].filter(Boolean).join(" "),
      todo: `${kept}${back}`,
    },
  ];
}

/** A host that follows tags makes releases by itself, as its stack asked it to. */
function isFollowed(stack: StackApp, host: HostApp): boolean {
  const images = Object.entries(stack.images);
  return images.some(isTag) && images.every((entry) => !isTag(entry) || host.processes[entry[0]]?.follow === entry[1]);
}

function isTag([, image]: readonly [string, string]): boolean {
  return !image.includes("@sha256:");
}

function imageDrift(app: string, stack: StackApp, host: HostApp): readonly Difference[] {
  const names = [...new Set([...Object.keys(stack.images), ...Object.keys(host.processes)])].sort();
  return names.flatMap((name) => {
    const [asked, process] = [stack.images[name], host.processes[name]];
    if (asked !== undefined && (process?.image === asked || process?.follow === asked)) return [];
    const todo =
      asked === undefined || process === undefined
        ? `${app}: the host has a release with other processes than the stack's; the next change of the app and up set them`
        : `${app}: up keeps the host's image until the stack's own changes`;
    return [
      {
        app,
        what: asked === undefined || process === undefined ? `process ${name}` : `image of ${name}`,
        stack: asked === undefined ? NONE : short(asked),
        host: process === undefined ? NONE : short(process.image),
        todo,
      },
    ];
  });
}

function addressDrift(app: string, stack: StackApp, host: HostApp): readonly Difference[] {
  const [asked, there] = [stack.addresses, host.addresses].map((addresses) => [...addresses].sort().join(" "));
  if (asked === there) return [];
  return [
    {
      app,
      what: "addresses",
      stack: asked || NONE,
      host: there || NONE,
      todo: `${app}: the next change of it and up set its addresses`,
    },
  ];
}

/** What runs against what is on record, both on the host itself. */
function containerDrift(app: string, { processes, strays, busy }: HostApp): readonly Difference[] {
  if (busy !== undefined) return [];
  return [
    ...Object.entries(processes).flatMap(([name, { running, wanted, image, otherImages }]) => [
      ...(running < wanted
        ? [
            {
              app,
              what: `running ${name}`,
              stack: `${wanted}`,
              host: `${running}`,
              todo: `${app}: ./scripts/slipway logs ${app} ${name} says why`,
            },
          ]
        : []),
      ...otherImages.map((other) => ({
        app,
        what: `containers of ${name}`,
        stack: short(image),
        host: short(other),
        todo: `${app}: a container was made by hand; the next release removes it`,
      })),
    ]),
    ...strays.map((name) => ({
      app,
      what: "extra container",
      stack: NONE,
      host: name,
      todo: `${app}: the next release removes what runs beside it`,
    })),
  ];
}

function byText({ actor, commit }: { actor?: string | undefined; commit?: string | undefined }): string {
  return [actor && `by ${actor}`, commit && `(${commit.slice(0, 12)})`].filter(Boolean).join(" ");
}

/** The digest's first twelve digits; a tag without its registry. */
function short(image: string): string {
  return /@sha256:([0-9a-f]{12})/.exec(image)?.[1] ?? image.split("/").at(-1) ?? image;
}

/** The differences as a table, and what to do about them. */
export function driftText(stack: string, differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return [`the host is what stack ${stack} said`];
  const table = new Table({ head: ["app", "what", "stack", "host"], style: { head: [], border: [] } });
  for (const one of differences) table.push([one.app ?? NONE, one.what, one.stack, one.host]);
  return [table.toString(), ...new Set(differences.map(({ todo }) => todo))];
}
