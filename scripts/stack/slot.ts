/** Which of the sandboxes on this machine the verbs work with. */
import { UserError } from "../lib/userError";

/** Addresses of one sandbox, as its README gives them. */
export interface Slot {
  readonly number: number;
  /** The emulated clouds. */
  readonly api: string;
  /** Server part of image names. */
  readonly registry: string;
}

/** The slot asked for by `SLIPWAY_SANDBOX_SLOT`; 0 is a person's own, others let tests run beside it. */
export function currentSlot(env: Readonly<Record<string, string | undefined>>): Slot {
  const text = env.SLIPWAY_SANDBOX_SLOT ?? "0";
  if (!/^([12]?[0-9]|3[01])$/.test(text)) {
    throw new UserError(`SLIPWAY_SANDBOX_SLOT is ${JSON.stringify(text)}; allowed: 0 to 31`);
  }
  const number = Number(text);
  return { number, api: `http://127.0.0.1:${8480 + 10 * number}`, registry: `10.213.${number}.2:5000` };
}
