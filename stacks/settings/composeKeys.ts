/** What a compose file may not ask of a host, as the reader of the settings tells it; the table itself is the engine's. */
import { inKeys, type Judgement, mendOf, mistakeInGrant, type Offence, offencesOf } from "../../agent/compose-judge";
import { FILE, isKept, VOLUME } from "../../agent/compose-keys";
import type { Interpolation } from "./interpolation";
import { type Mistake, nearest } from "./mistakes";

/** What the app's section of the stack's file lets its services ask for, by service: `KEY`, or `KEY=VALUE` for that value alone. */
export type Grants = Readonly<Record<string, readonly string[]>>;

/** What is known of a service besides its own words. */
export interface ServiceContext {
  /** Where it stands. */
  readonly path: string;
  readonly name: string;
  readonly grants: Grants;
  /** Whether the app is of a preview: it gets no grants. */
  readonly preview: boolean;
  /** Named volumes of the file's top level. */
  readonly volumes: readonly string[];
  /** Whether the edge can be led to it. */
  readonly port: boolean;
  readonly variables: Interpolation;
}

type Section = Readonly<Record<string, unknown>>;

const NOTHING_KNOWN = { volumes: [], labels: [], binds: [], port: false };
const PLAIN: Judgement = { known: NOTHING_KNOWN, grants: [], unfilled: false };

/**
 * What a service may not say.
 * @param mistakes gets it, and what has no value; keys that hold such are not looked at further
 */
export function checkKeys(service: Section, context: ServiceContext, mistakes: Mistake[]): void {
  const { path, name, grants, preview, variables } = context;
  const filled = Object.entries(service).flatMap(([key, value]): [string, unknown][] => {
    // What the processes' environment may hold is another question; see readEnvironment.
    if (key === "environment") return [];
    if (!isKept(key)) return [[key, value]];
    const before = mistakes.length;
    const text = variables.fill(value, [key]);
    return mistakes.length > before ? [] : [[key, text]];
  });
  const { volumes, port } = context;
  const offences = offencesOf(Object.fromEntries(filled), {
    known: { ...NOTHING_KNOWN, volumes, port },
    grants: preview ? [] : (grants[name] ?? []),
    unfilled: false,
  });
  mistakes.push(...offences.map((one) => mistakeOf(path, one, preview ? noGrant(one) : mendOf(name, one))));
}

/** What the file may not say outside its services. @param file its name @param variables of its volumes */
export function fileMistakes(raw: Section, file: string, variables: Interpolation): Mistake[] {
  const { volumes, services: _services, ...rest } = raw;
  const tell = (path: string) => (one: Offence) => mistakeOf(path, one, one.mend);
  return [
    ...inKeys(rest, FILE, "", PLAIN).map(tell(`${file}: `)),
    ...Object.entries((volumes ?? {}) as Section).flatMap(([name, volume]) =>
      inKeys(variables.fill(volume, [name]), VOLUME, "", PLAIN).map(tell(`${file}: volumes.${name}`)),
    ),
  ];
}

/** What is wrong with an app's grants. @param path where they stand @param services those of the app that are deployed */
export function grantMistakes(path: string, grants: Grants, preview: boolean, services: readonly string[]): Mistake[] {
  if (preview && Object.keys(grants).length > 0)
    return [{ path, what: "are never a preview's: whoever opens a pull request would have them", mend: "remove it" }];
  return Object.entries(grants).flatMap(([service, list]): Mistake[] => {
    const meant = nearest(service, services);
    if (!services.includes(service))
      return [
        {
          path: `${path}.${service}`,
          what: "is no process of the app",
          allowed: services.join(", "),
          ...(meant && { mend: `did you mean ${meant}?` }),
        },
      ];
    return list.flatMap((grant, index) => {
      const what = mistakeInGrant(grant);
      const allowed = "a key of the service that docs/your-app.md says can be granted, or KEY=VALUE";
      return what === undefined ? [] : [{ path: `${path}.${service}[${index}]`, what, allowed }];
    });
  });
}

function noGrant({ grants, mend }: Offence): string | undefined {
  return grants.length === 0 ? mend : "leave it out: the preview of a pull request gets no grants";
}

function mistakeOf(path: string, { path: below, what, allowed, among }: Offence, mend: string | undefined): Mistake {
  const meant = among && nearest(below.split(".").at(-1) ?? below, among);
  return {
    path: /: $/.test(path) ? `${path}${below}` : `${path}.${below}`,
    what,
    ...(allowed !== undefined && { allowed }),
    ...(meant ? { mend: `did you mean ${meant}?` } : mend !== undefined && { mend }),
  };
}
