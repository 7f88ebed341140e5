/** What CI needs to run Pulumi, as it stands in a person's environment. Plain data. */
import { UserError } from "../lib/userError";

/** Read by Pulumi and by its S3 backend (pulumi.com/docs, "Environment variables" and "State and backends", 2026). */
const SECRETS = [
  "PULUMI_CONFIG_PASSPHRASE",
  "PULUMI_ACCESS_TOKEN",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
];
const VARIABLES = ["PULUMI_BACKEND_URL", "AWS_REGION"];

/** An address with a password in it, as that of a state in a database. */
const WITH_PASSWORD = /\/\/[^/@\s]*:[^/@\s]+@/;

/** What is taken over, by name. */
export interface CiPlan {
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  /** What CI will not be able to do with it. */
  readonly warnings: readonly string[];
}

/** Chooses what is set. @throws UserError if nothing is */
export function planCi(env: Readonly<Record<string, string | undefined>>): CiPlan {
  const set = (names: readonly string[]) =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = env[name];
        return value === undefined || value === "" ? [] : [[name, value]];
      }),
    );
  const told = set(VARIABLES);
  const hidden = Object.fromEntries(Object.entries(told).filter(([, value]) => WITH_PASSWORD.test(value)));
  const secrets = { ...set(SECRETS), ...hidden };
  const variables = Object.fromEntries(Object.entries(told).filter(([name]) => !(name in hidden)));
  if (Object.keys(secrets).length === 0) {
    throw new UserError(
      `none of these is set in this environment, so there is nothing to take over: ${SECRETS.join(", ")}`,
    );
  }
  const backend = told.PULUMI_BACKEND_URL ?? "";
  return {
    secrets,
    variables,
    warnings: [
      ...(backend.startsWith("file:") ? ["PULUMI_BACKEND_URL is a folder of this computer, which CI can't reach"] : []),
      ...Object.keys(hidden).map(
        (name) => `${name} has a password in it, so it is a secret: have the workflows read secrets.${name}`,
      ),
      ...(secrets.AWS_SESSION_TOKEN === undefined
        ? []
        : ["AWS_SESSION_TOKEN ends within hours: give CI keys of its own"]),
    ],
  };
}
