/** What the policies are told of a stack; see policy/facts.ts. */
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type AppFacts, FACTS, type Facts } from "../policy/facts";
import { clearAppSecrets, clearVariables } from "./clearSecrets";
import type { AppSettings, Settings } from "./settings";
import { isProduction } from "./settings/policies";

/**
 * Carries the facts to the policies. Its inputs come from the settings alone, so a second run changes nothing; what the stack gave back
 * last time is among its outputs, which count as no change.
 */
export class StackFacts extends pulumi.ComponentResource {
  /** @param machineBefore address of the machine after the stack's last run */
  constructor(
    name: string,
    facts: Facts,
    { machineBefore, ...opts }: pulumi.ComponentResourceOptions & { machineBefore?: pulumi.Input<string | undefined> },
  ) {
    super(FACTS, name, { ...facts }, opts);
    this.registerOutputs({ ...facts, machineBefore });
  }
}

/** What the settings come to. @param clear settings of providers that stand in clear and are secrets */
export function factsOf(settings: Settings, clear: readonly string[]): Facts {
  const { stack, host, apps, policies, github } = settings;
  return {
    production: isProduction(stack, policies?.production, host.protect),
    accepted: policies?.accept ?? {},
    host: {
      provider: host.provider,
      protect: host.protect,
      sshFrom: host.provider === "stack" ? [] : host.sshFrom,
      volume: "volume" in host && host.volume !== undefined,
      backups: "backups" in host && host.backups === true,
      ...(host.provider === "existing" ? { keepData: host.keepData } : {}),
      ...("replace" in host && host.replace !== undefined ? { replace: host.replace } : {}),
    },
    apps: Object.fromEntries(apps.map((app) => [app.name, appFacts(app)])),
    clear: [...clear, ...clearAppSecrets(apps), ...clearVariables(github?.variables)],
  };
}

function appFacts({ name, folder, compose, database, snapshot, grants }: AppSettings): AppFacts {
  const { at } = database;
  const images = [
    ...compose.services.map(({ name: service, source }) => [
      `${join(folder)}: services.${service}.image`,
      "image" in source ? source.image : undefined,
    ]),
    [`image of the database of ${name}`, at.mode === "container" ? at.image : undefined],
  ] as const;
  return {
    database: at.mode,
    snapshot: snapshot !== false,
    volumes: compose.volumes.length > 0,
    grants,
    tags: Object.fromEntries(images.filter(([, image]) => image !== undefined && !image.includes("@sha256:"))),
  };
}
