/** Who is told what of a host, and whether they can be: a part of `slipway status`. */
import type { Files } from "../host";
import { momentText } from "../words";
import { type Channel, channelsOf, type Kind } from "./order";
import { readOrders } from "./orders";
import { readState } from "./state";

/** What a stack's people are told, by which ways. */
export interface Listener {
  readonly stack: string;
  readonly by: readonly Channel[];
  readonly on: readonly Kind[];
  /** Ways by which nothing can be sent: since when (ISO 8601), and why. */
  readonly failed: readonly { readonly channel: Channel; readonly since: string; readonly reason: string }[];
}

/** Everyone who is told something of this host. */
export async function listeners(files: Files): Promise<readonly Listener[]> {
  const orders = await readOrders(files);
  return Promise.all(
    orders.map(async (order) => {
      const { channels } = await readState(files, order.stack);
      const by = channelsOf(order);
      const failed = by.flatMap((channel) => {
        const found = channels[channel]?.failed;
        return found ? [{ channel, ...found }] : [];
      });
      return { stack: order.stack, by, on: order.on, failed };
    }),
  );
}

/** A line for each way by which nothing can be sent. */
export function deafness(all: readonly Listener[]): readonly string[] {
  return all.flatMap(({ stack, failed }) =>
    failed.map(
      ({ channel, since, reason }) =>
        `notifications of stack ${stack} by ${channel} can't be sent since ${momentText(since)} UTC: ${reason}. ` +
        `After mending slipway:notify: sudo slipway notify test ${stack}`,
    ),
  );
}
