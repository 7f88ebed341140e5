import { z } from "zod";
import type { Action } from "./actions/model";
import type { Cluster } from "./databases/model";
import type { Domain } from "./domains/model";
import type { Droplet } from "./droplets/model";
import type { FirewallRecord } from "./firewalls/model";
import type { Key } from "./keys/model";
import type { Project } from "./projects/model";
import type { ReservedIp } from "./reservedips/model";
import type { Volume } from "./volumes/model";
import type { Vpc } from "./vpcs/model";

/** What the last thing of each kind was numbered; the first of them are where the real cloud was in 2026. */
export interface Counters {
  droplet: number;
  action: number;
  key: number;
  firewall: number;
  volume: number;
  vpc: number;
  project: number;
  database: number;
  /** Trusted sources of database clusters. */
  rule: number;
  /** Events of database clusters. */
  event: number;
  /** Records of domains. */
  record: number;
}

/** Everything the DigitalOcean emulator knows. Plain JSON; lists are in the order of making. */
export interface State {
  counters: Counters;
  keys: Key[];
  droplets: Droplet[];
  actions: Action[];
  firewalls: FirewallRecord[];
  /** Names of tags; what bears them says so itself. */
  tags: string[];
  reservedIps: ReservedIp[];
  vpcs: Vpc[];
  volumes: Volume[];
  projects: Project[];
  databases: Cluster[];
  domains: Domain[];
  /** Id of the project a resource was given to, by its URN; without an entry it is in the default project. */
  assignments: Record<string, string>;
}

/** A cloud account in which nothing has been made. */
export function emptyState(): State {
  return {
    counters: {
      droplet: 530_000_000,
      action: 2_900_000_000,
      key: 51_000_000,
      firewall: 0,
      volume: 0,
      vpc: 0,
      project: 0,
      database: 0,
      rule: 0,
      event: 0,
      record: 1_790_000_000,
    },
    keys: [],
    droplets: [],
    actions: [],
    firewalls: [],
    tags: [],
    reservedIps: [],
    vpcs: [],
    volumes: [],
    projects: [],
    databases: [],
    domains: [],
    assignments: {},
  };
}

const counter = z.number().int().nonnegative();
const records = z.array(z.looseObject({}));

/** The outline of saved records: enough to tell them from another file's. */
const Outline = z.object({
  counters: z.object({
    droplet: counter,
    action: counter,
    key: counter,
    firewall: counter,
    volume: counter,
    vpc: counter,
    project: counter,
    // Records from before there were databases have none of these.
    database: counter.default(0),
    rule: counter.default(0),
    event: counter.default(0),
    record: counter.default(1_790_000_000),
  }),
  keys: records,
  droplets: records,
  actions: records,
  firewalls: records,
  tags: z.array(z.string()),
  reservedIps: records,
  vpcs: records,
  volumes: records,
  projects: records,
  databases: records.default([]),
  domains: records.default([]),
  assignments: z.record(z.string(), z.string()),
});

/** Saved records as {@link State}. Throws when they are not of that outline. */
export function parseState(value: unknown): State {
  const result = Outline.safeParse(value);
  if (!result.success) throw new Error(z.prettifyError(result.error));
  return result.data as unknown as State;
}
