/** Wires what the workflows of a repository are told of a stack. */
import * as pulumi from "@pulumi/pulumi";
import type { DatabaseAccess } from "../infra/database/access";
import { accessGitHub, type GitHubAccess } from "../infra/delivery/githubAccess";
import { GitHubEnvironment } from "../infra/delivery/githubEnvironment";
import type { CiLogin } from "../infra/host/ciAccess";
import type { RegistrySettings, Settings } from "./settings";
import type { GitHubSettings } from "./settings/github";
import type { Origin } from "./settings/githubOrigin";
import type { Piece } from "./settings/githubPlaces";
import { type Mistake, SettingsError } from "./settings/mistakes";

/** What an app has that CI may be told. */
export interface AppValues {
  /** Its own variables, secrets among them. */
  readonly variables: pulumi.Output<Record<string, string>>;
  readonly database: pulumi.Output<DatabaseAccess>;
}

/** Where the values come from. */
export interface DeliverySources {
  readonly access: GitHubAccess;
  readonly registry: RegistrySettings;
  readonly apps: Readonly<Record<string, AppValues>>;
  readonly ci: pulumi.Output<CiLogin> | undefined;
}

/**
 * Finds the repository and the reviewers that the settings name, before the first resource is made.
 * @throws SettingsError with all that GitHub does not know
 */
export async function lookUpGitHub({ project, stack, github }: Settings): Promise<GitHubAccess | undefined> {
  if (!github) return undefined;
  const found = await accessGitHub(`${project}-${stack}`, github);
  if (!("length" in found)) return found;
  const mistakes = found.map(
    ({ setting, ...rest }): Mistake => ({
      path: setting.includes(":") ? setting : `slipway:github.${setting}`,
      ...rest,
    }),
  );
  throw new SettingsError(stack, mistakes);
}

/** Makes the environment with all that is in it. @param name of the stack's own resources, e.g. `slipway-dev` */
export function makeDelivery(name: string, github: GitHubSettings, sources: DeliverySources): GitHubEnvironment {
  const { repository, environment, branches, wait, selfReview, names } = github;
  const told = { secrets: {}, variables: { ...github.variables } } as Record<
    "secrets" | "variables",
    Record<string, pulumi.Input<string>>
  >;
  for (const [secret, origin] of Object.entries(github.secrets)) told.secrets[secret] = secretOf(origin, sources);
  for (const [piece, value] of Object.entries(loginPieces(sources.ci))) {
    const place = names[piece as Piece];
    told[place.in][place.name] = value;
  }
  return new GitHubEnvironment(`${name}-delivery`, {
    access: sources.access,
    repository,
    environment,
    branches,
    wait,
    selfReview,
    deployKey:
      github.deployKey === "none"
        ? undefined
        : { secret: names.deployKey.name, title: name, readOnly: github.deployKey === "read" },
    ...told,
  });
}

function secretOf(origin: Origin, { registry, apps }: DeliverySources): pulumi.Input<string> {
  switch (origin.from) {
    case "config":
      return origin.value;
    case "registry":
      return registry[origin.part];
    case "database": {
      const { part } = origin;
      return valuesOf(apps, origin.app).database.apply(({ address, password, url }) =>
        part === "password" ? password : part === "url" ? url : String(address[part]),
      );
    }
    case "app":
      return valuesOf(apps, origin.app).variables.apply((variables) => variables[origin.variable] ?? "");
    default: {
      const never: never = origin;
      return never;
    }
  }
}

function valuesOf(apps: DeliverySources["apps"], app: string): AppValues {
  const values = apps[app];
  // The settings name no app that is not there.
  if (!values) throw new Error(`there is no app ${app}`);
  return values;
}

/** What CI logs in with, where it may. Only its key is a secret by itself. */
function loginPieces(ci: DeliverySources["ci"]): Partial<Record<Piece, pulumi.Output<string>>> {
  if (!ci) return {};
  const plain = (read: (login: CiLogin) => string) => pulumi.unsecret(ci.apply(read));
  return {
    host: plain(({ host }) => host),
    port: plain(({ port = 22 }) => String(port)),
    user: plain(({ user }) => user),
    knownHosts: plain(({ knownHosts }) => knownHosts),
    key: ci.apply(({ privateKey }) => privateKey),
  };
}
