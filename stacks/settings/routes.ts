/** Routes of a stack's apps: how they may be written, and what they come to. */
import { z } from "zod";
import { mistakeOfMount, Name, type Process, type Route, RoutePath } from "../../agent/manifest";
import { type Mistake, show } from "./mistakes";

/** A host name as it stands in a URL. */
export const HostName = z
  .string()
  .max(253)
  .regex(
    /^(?=.*[a-z])([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/,
    "a host name in lower case, without scheme, port or path",
  );

const AtPath = z.strictObject({
  host: HostName,
  /** @default the whole host */
  path: z.union([z.literal("/"), RoutePath]).optional(),
  /** Whether the edge takes the path off what the process is asked for. @default false */
  strip: z.boolean().optional(),
  /** Whether the edge puts the path before the paths of the process's cookies. @default false */
  cookiePath: z.boolean().optional(),
  /** @default the app's only process with a port, or the one named `web` */
  process: Name.optional(),
});

const shapes = "a host name in lower case, without scheme, port or path; or { host, path, strip, cookiePath, process }";

/** A route as it is written. */
export const RouteSetting = z.union([HostName, AtPath], {
  error: ({ input }) => {
    if (typeof input !== "object" || input === null) return shapes;
    const issues = AtPath.safeParse(input).error?.issues ?? [];
    return issues.map(({ path, message }) => [...path.map(String), message].join(": ")).join("; ") || shapes;
  },
});

/** A route as it is written, in one shape: the process may still be missing, `/` is no path. */
export function written(setting: z.output<typeof RouteSetting>): Omit<Route, "process"> & { process?: string } {
  if (typeof setting === "string") return { host: setting };
  const { host, path, strip, cookiePath, process } = setting;
  return {
    host,
    ...(path !== undefined && path !== "/" && { path }),
    ...(strip && { strip }),
    ...(cookiePath && { cookiePath }),
    ...(process !== undefined && { process }),
  };
}

/** Where a route stands among all of a stack. */
export interface Claim {
  readonly app: string;
  /** Host name and path. */
  readonly place: string;
  /** Where in the settings it stands. */
  readonly path: string;
}

/** Places that two apps, or one app twice, would answer at. */
export function doubleClaims(claims: readonly Claim[]): Mistake[] {
  const owners = new Map<string, string>();
  return claims.flatMap(({ app, place, path }) => {
    const owner = owners.get(place);
    owners.set(place, app);
    if (owner === undefined) return [];
    const whose = owner === app ? "this app already" : `app ${owner} too`;
    return [
      {
        path,
        what: `${show(place)} is a route of ${whose}`,
        allowed: "each host name once, or once with each path",
      },
    ];
  });
}

/** What keeps an app's routes from standing under their paths. @param path where they stand in the settings */
export function mountMistakes(
  path: string,
  routes: readonly (Route | undefined)[],
  processes: Readonly<Record<string, Partial<Process>>>,
): Mistake[] {
  const known = routes.filter((route) => route !== undefined);
  return routes.flatMap((route, index) => {
    const what = route && mistakeOfMount(route, { routes: known, processes });
    return what === undefined ? [] : [{ path: `${path}[${index}]`, what }];
  });
}
