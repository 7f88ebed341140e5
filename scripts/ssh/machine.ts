/** The machine of a stack, by the stack's own word. */
import type { Client } from "ssh2";
import type { Outputs } from "../stack/outputs";
import { connect } from "./connection";
import { loginsOf } from "./login";

/**
 * Does something over a connection to a stack's machine.
 * @param patience longest wait for the connection, in ms
 * @throws UserError if there is none to be had
 */
export async function onMachine<T>(
  stack: string,
  outputs: Outputs,
  use: (client: Client) => Promise<T>,
  patience?: number,
): Promise<T> {
  const { address, port, hostKey, deployKey } = outputs;
  const logins = loginsOf(process.env, deployKey);
  const client = await connect({
    stack,
    address,
    port,
    user: "deploy",
    hostKey,
    logins,
    ...(patience === undefined ? {} : { patience }),
  });
  try {
    return await use(client);
  } finally {
    client.end();
  }
}
