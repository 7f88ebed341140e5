/** Secrets that stand in clear, by their name or their form. What is found is told by its place only. */
import { join } from "node:path";
import type { AppSettings } from "./settings";
import { isSecretName, type Service } from "./settings/compose";

/** Forms that vendors gave their tokens so that they can be found, private keys, and addresses with a password. */
const forms = [
  // GitHub: https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats
  /\bgh[opsur]_[A-Za-z0-9]{36,}/,
  /\bgithub_pat_[A-Za-z0-9_]{22,}/,
  /\bglpat-[A-Za-z0-9_-]{20,}/,
  // DigitalOcean's personal, OAuth and refresh tokens
  /\bdo[opr]_v1_[0-9a-f]{64}\b/,
  // AWS's and everybody's who speaks S3 as AWS does
  /\b(AKIA|ASIA)[0-9A-Z]{16}\b/,
  /\bxox[abprs]-[A-Za-z0-9-]{10,}/,
  /\bhooks\.slack\.com\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/\w+/,
  /\b[rs]k_live_[A-Za-z0-9]{16,}/,
  /\bAIza[0-9A-Za-z_-]{35}/,
  /\bnpm_[A-Za-z0-9]{36}\b/,
  /\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/,
  /-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/,
  // A password in an address; one that is filled in later is none.
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s:@/]+:(?!\$)[^\s:@/]{4,}@/i,
];

/** Settings of providers that are secrets. */
const providerSecrets = [
  "digitalocean:token",
  "digitalocean:spacesAccessId",
  "digitalocean:spacesSecretKey",
  "linode:token",
  "linode:objAccessKey",
  "linode:objSecretKey",
  "github:token",
];

/** Whether a text has the form of a secret in it. */
export function hasSecretForm(text: string): boolean {
  return forms.some((form) => form.test(text));
}

/** Secrets of providers that stand in clear in the stack's file. @param isSecret whether a key is encrypted there */
export function clearProviderSecrets(
  values: Readonly<Record<string, string>>,
  isSecret: (key: string) => boolean,
): readonly string[] {
  return providerSecrets.filter((key) => values[key] !== undefined && values[key] !== "" && !isSecret(key));
}

/** Places in the settings of the apps and in their compose files. */
export function clearAppSecrets(apps: readonly AppSettings[]): readonly string[] {
  return apps.flatMap(({ name, folder, env, build, compose }) => [
    ...Object.entries(env)
      .filter(([, value]) => hasSecretForm(value))
      .map(([variable]) => `slipway:apps.${name}.env.${variable}`),
    ...suspicious(build.args).map((argument) => `slipway:apps.${name}.build.args.${argument}`),
    ...compose.services.flatMap((service) => clearInService(service).map((place) => `${join(folder)}: ${place}`)),
  ]);
}

/** Variables for CI that have the form of a secret, which anyone who may run a workflow reads. */
export function clearVariables(variables: Readonly<Record<string, string>> = {}): readonly string[] {
  return Object.entries(variables)
    .filter(([, value]) => hasSecretForm(value))
    .map(([name]) => `slipway:github.variables.${name}`);
}

function clearInService({ name, source, compose }: Service): readonly string[] {
  const { environment = {}, ...rest } = compose as { environment?: Readonly<Record<string, unknown>> };
  return [
    ...("build" in source
      ? suspicious(source.build.args).map((argument) => `services.${name}.build.args.${argument}`)
      : []),
    ...Object.entries(environment)
      .filter(([, value]) => hasSecretForm(String(value)))
      .map(([variable]) => `services.${name}.environment.${variable}`),
    ...Object.entries(rest)
      .filter(([, value]) => hasSecretForm(JSON.stringify(value) ?? ""))
      .map(([key]) => `services.${name}.${key}`),
  ];
}

/** Arguments of a build stay in its image's history, so a name is enough. */
function suspicious(args: Readonly<Record<string, string>>): string[] {
  return Object.entries(args)
    .filter(([name, value]) => value !== "" && (isSecretName(name) || hasSecretForm(value)))
    .map(([name]) => name);
}
