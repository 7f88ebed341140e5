import { z } from "zod";
import { parseSaved, records } from "../store/saved";
import type { Database } from "./databases/model";
import type { Domain } from "./domains/model";
import type { Event } from "./events/model";
import type { FirewallRecord } from "./firewalls/model";
import type { Instance } from "./instances/model";
import type { Key } from "./keys/model";
import type { Volume } from "./volumes/model";
import type { Vpc } from "./vpcs/model";

/** What the last thing of each kind was numbered; the first of them are where the real cloud was in 2026. */
export interface Counters {
  instance: number;
  disk: number;
  config: number;
  interface: number;
  event: number;
  firewall: number;
  device: number;
  volume: number;
  database: number;
  domain: number;
  record: number;
  key: number;
  vpc: number;
  subnet: number;
}

/** Everything the Linode emulator knows. Plain JSON; lists are in the order of making. */
export interface State {
  counters: Counters;
  instances: Instance[];
  events: Event[];
  firewalls: FirewallRecord[];
  volumes: Volume[];
  databases: Database[];
  domains: Domain[];
  keys: Key[];
  vpcs: Vpc[];
}

/** A cloud account in which nothing has been made. */
export function emptyState(): State {
  return {
    counters: {
      instance: 101_000_000,
      disk: 158_000_000,
      config: 104_000_000,
      interface: 6_700_000,
      event: 1_586_000_000,
      firewall: 9_600_000,
      device: 11_900_000,
      volume: 15_700_000,
      database: 530_000,
      domain: 3_160_000,
      record: 36_600_000,
      key: 451_000,
      vpc: 238_000,
      subnet: 241_000,
    },
    instances: [],
    events: [],
    firewalls: [],
    volumes: [],
    databases: [],
    domains: [],
    keys: [],
    vpcs: [],
  };
}

/** The outline of saved records: enough to tell them from another file's. */
const Outline = z.object({
  counters: z.record(z.string(), z.number().int().nonnegative()),
  instances: records,
  events: records,
  firewalls: records,
  volumes: records,
  databases: records.default([]),
  domains: records,
  keys: records,
  vpcs: records,
});

/** Saved records as {@link State}. Throws on another outline. */
export function parseState(value: unknown): State {
  return parseSaved(value, emptyState(), Outline);
}
