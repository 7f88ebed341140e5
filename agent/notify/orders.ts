/** The orders of a host, one for each stack that has one. */
import { prettifyError } from "zod";
import { Failure } from "../failure";
import type { Files } from "../host";
import { NOTIFY_ORDERS, NOTIFY_STATES } from "../paths";
import { guard } from "../redact";
import { Order, secretsOf } from "./order";

/** File of a stack, in a folder of such. */
export function notifyPath(folder: string, stack: string): string {
  return `${folder}/${encodeURIComponent(stack)}.json`;
}

/** All orders of the host, by stack. One that another engine wrote is left out: the next `up` writes it anew. */
export async function readOrders(files: Files): Promise<readonly Order[]> {
  const found = await Promise.all(
    (await files.list(NOTIFY_ORDERS)).map(async (name) => {
      const text = await files.read(`${NOTIFY_ORDERS}/${name}`);
      try {
        return Order.safeParse(JSON.parse(text ?? "null")).data;
      } catch {
        return undefined;
      }
    }),
  );
  const orders = found.filter((order) => order !== undefined);
  guard(orders.flatMap(secretsOf));
  return orders;
}

/** Keeps an order in place of the stack's last one. */
export async function writeOrder(files: Files, order: Order): Promise<void> {
  await files.write(notifyPath(NOTIFY_ORDERS, order.stack), `${JSON.stringify(order)}\n`, 0o600);
}

/** Forgets a stack's order and all that it was told. Resolves with whether any other is left. */
export async function removeOrder(files: Files, stack: string): Promise<boolean> {
  for (const folder of [NOTIFY_ORDERS, NOTIFY_STATES]) await files.remove(notifyPath(folder, stack));
  return (await files.list(NOTIFY_ORDERS)).length > 0;
}

/** The order in a text. @throws Failure that never quotes the text, since it holds secrets */
export function orderOf(text: string): Order {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Failure(`what came on standard input is not JSON (${text.length} characters)`);
  }
  const parsed = Order.safeParse(json);
  if (parsed.success) {
    guard(secretsOf(parsed.data));
    return parsed.data;
  }
  throw new Failure(
    `what came on standard input is not what this slipway understands:\n${prettifyError(parsed.error)}`,
  );
}
