/** `slipway notify look`: tells people what there is to tell. A host is looked over now and then; what its ledgers say is told at once. */
import { addressesOf } from "../attempt";
import { ownerOf } from "../claim";
import { reasonOf } from "../failure";
import type { Host } from "../host";
import { readLedger } from "../ledger";
import { APPS, NOTIFY_LOCK } from "../paths";
import { servingRecord } from "../record";
import { redactor } from "../redact";
import { type HostStatus, status } from "../status";
import type { Message } from "./message";
import { type AppHistory, decide, noted, type Seen } from "./news";
import { type Channel, channelsOf, type Order, secretsOf } from "./order";
import { readOrders } from "./orders";
import { nothingTold, readState, type State, type Told, writeState } from "./state";
import { isOwn, troublesOf } from "./troubles";

/** Sends a message of an order by one of its ways. Rejects with the reason if it was not taken. */
export type Send = (order: Order, channel: Channel, message: Message, name: string) => Promise<void>;

/** How a look is taken. */
export interface LookOptions {
  /** Whether the whole host is looked over although that was done a moment ago. */
  readonly whole: boolean;
  readonly send: Send;
  /** Prints a line for the journal. */
  readonly say: (line: string) => void;
}

/** Milliseconds between two looks at the whole host; a little less than between two calls of the timer. */
const OFTEN = 9 * 60_000;
/** Seconds to wait for another look. */
const WAIT = 120;

/** Does what only one may do at a time. */
export async function alone<T>(host: Host, work: () => Promise<T>): Promise<T> {
  const lock = await host.lock({ path: NOTIFY_LOCK, wait: WAIT, owner: "slipway notify", onWait: () => {} });
  try {
    return await work();
  } finally {
    await lock.free();
  }
}

/** Tells all there is to tell; resolves with whether all of it could be sent. */
export function look(host: Host, options: LookOptions): Promise<boolean> {
  return alone(host, async () => {
    const orders = await readOrders(host.files);
    const states = await Promise.all(orders.map(({ stack }) => readState(host.files, stack)));
    // A look of the future was taken by a clock that was wrong.
    const isDue = ({ looked }: State) => looked === undefined || !(Math.abs(host.now() - Date.parse(looked)) < OFTEN);
    const found = options.whole || states.some(isDue) ? await status(host) : undefined;
    const stacks = new Set(orders.map(({ stack }) => stack));
    const sent = await Promise.all(
      orders.map((order, index) =>
        tell({ host, options, found, stacks }, order, states[index] ?? { channels: {} }).catch((thrown: unknown) => {
          options.say(`stack ${order.stack}: ${reasonOf(thrown)}`);
          return false;
        }),
      ),
    );
    return sent.every(Boolean);
  });
}

interface Look {
  readonly host: Host;
  readonly options: LookOptions;
  /** How the host is, where it was looked over. */
  readonly found: HostStatus | undefined;
  /** All stacks with an order. */
  readonly stacks: ReadonlySet<string>;
}

async function tell(look: Look, order: Order, before: State): Promise<boolean> {
  const { host, found } = look;
  const apps = await historyOf(host, order);
  const channels = channelsOf(order);
  const told = await Promise.all(
    channels.map((channel) => tellBy(look, order, channel, apps, before.channels[channel] ?? nothingTold(host.now()))),
  );
  await writeState(host.files, order.stack, {
    ...(found ? { looked: found.at } : before.looked !== undefined && { looked: before.looked }),
    channels: Object.fromEntries(channels.map((channel, index) => [channel, told[index] ?? nothingTold(host.now())])),
  });
  return told.every(({ failed }) => failed === undefined);
}

async function tellBy(
  { host, options, found, stacks }: Look,
  order: Order,
  channel: Channel,
  apps: readonly AppHistory[],
  before: Told,
): Promise<Told> {
  const now = host.now();
  const seen = found && seenBy(order, found, stacks, before, now);
  let { told, news } = decide(order, before, { apps, seen, now });
  const { name } = await host.machine();
  for (const one of news) {
    try {
      await options.send(order, channel, one.message, name);
    } catch (thrown) {
      const reason = redactor(secretsOf(order))(reasonOf(thrown));
      options.say(`stack ${order.stack}, ${channel}: «${one.message.title}» could not be sent: ${reason}`);
      return { ...told, failed: { since: before.failed?.since ?? new Date(now).toISOString(), reason } };
    }
    options.say(`stack ${order.stack}, ${channel}: ${one.message.title}`);
    told = noted(told, one);
  }
  // What nobody need be told of is done with, too.
  const rows = Object.fromEntries(apps.map(({ app, rows: all }) => [app, all.at(-1)?.release ?? 0]));
  const { failed, ...rest } = { ...told, rows };
  return news.length === 0 && failed ? { ...rest, failed } : rest;
}

/** Apps that are not judged: a release changes them at this moment, or Docker can't say what they do. */
function unjudged({ apps, services }: HostStatus): ReadonlySet<string> {
  const isBlind = services.some(({ unit, problem }) => unit === "docker.service" && problem !== undefined);
  return new Set(apps.filter(({ busy }) => isBlind || busy !== undefined).map(({ app }) => app));
}

function seenBy(order: Order, found: HostStatus, stacks: ReadonlySet<string>, before: Told, now: number): Seen {
  const open = new Set(Object.keys(before.troubles));
  return {
    troubles: troublesOf({ order, status: found, stacks, open, now }),
    apps: new Set(found.apps.map(({ app }) => app)),
    busy: unjudged(found),
  };
}

async function historyOf(host: Host, order: Order): Promise<readonly AppHistory[]> {
  const found = await Promise.all(
    (await host.files.list(APPS)).map(async (app): Promise<AppHistory[]> => {
      const stack = await ownerOf(host.files, app);
      if (!isOwn(stack === undefined ? {} : { stack }, { order })) return [];
      const [rows, record] = await Promise.all([readLedger(host.files, app), servingRecord(host.files, app)]);
      return [{ app, rows, serving: record?.release, addresses: record ? addressesOf(record.content) : [] }];
    }),
  );
  return found.flat();
}
