/** Who is told: begun, ended, and tried out. */
import { Failure, reasonOf } from "../failure";
import type { Host } from "../host";
import { NOTIFY_DUE } from "../paths";
import { redactor } from "../redact";
import { alone, type LookOptions } from "./look";
import { testMessage } from "./message";
import { type Channel, channelsOf, type Order, secretsOf } from "./order";
import { readOrders, removeOrder, writeOrder } from "./orders";
import { nothingTold, readState, writeState } from "./state";
import { removeUnits, settleUnits, type UnitTools } from "./units";
import { wake } from "./wake";

/** Tells a stack's people from now on, by this order; what happened before is not told. What could not be sent is tried again at once. */
export async function begin(host: Host, order: Order, tools: UnitTools): Promise<void> {
  await alone(host, async () => {
    const { channels } = await readState(host.files, order.stack);
    const told = channelsOf(order).map((channel) => {
      const { failed: _failed, ...rest } = channels[channel] ?? nothingTold(host.now());
      return [channel, rest];
    });
    await writeState(host.files, order.stack, { channels: Object.fromEntries(told) });
    await writeOrder(host.files, order);
  });
  await settleUnits(tools);
  await wake(host.files);
}

/** Tells a stack's people nothing more. */
export async function end(host: Host, stack: string, tools: UnitTools): Promise<void> {
  const others = await alone(host, () => removeOrder(host.files, stack));
  if (others) return;
  await removeUnits(tools);
  await host.files.remove(NOTIFY_DUE);
}

/** Sends a test message by every way of a stack, or of all. @throws Failure if there is none, or it could not be sent */
export async function test(
  host: Host,
  stack: string | undefined,
  { actor, send, say }: Pick<LookOptions, "send" | "say"> & { readonly actor: string },
): Promise<void> {
  const orders = (await readOrders(host.files)).filter((order) => stack === undefined || order.stack === stack);
  if (orders.length === 0)
    throw new Failure(
      `nobody is told of anything ${stack === undefined ? "on this host" : `by stack ${stack}`}: slipway:notify in a stack's settings says who is, and the next up brings it here`,
    );
  const { name } = await host.machine();
  const refusals: string[] = [];
  for (const order of orders) {
    for (const channel of channelsOf(order)) {
      const what = `stack ${order.stack}, ${channel}`;
      const refused = await send(order, channel, testMessage(name, actor), name).then(() => undefined, reasonOf);
      if (refused === undefined) {
        say(`${what}: sent`);
        await forgive(host, order.stack, channel);
      } else refusals.push(`${what}: ${redactor(secretsOf(order))(refused)}`);
    }
  }
  if (refusals.length > 0) throw new Failure(refusals.join("\n"));
}

/** It works again: what waits is sent, too. */
async function forgive(host: Host, stack: string, channel: Channel): Promise<void> {
  await alone(host, async () => {
    const state = await readState(host.files, stack);
    const { failed, ...told } = state.channels[channel] ?? nothingTold(host.now());
    if (failed) await writeState(host.files, stack, { ...state, channels: { ...state.channels, [channel]: told } });
  });
  await wake(host.files);
}
