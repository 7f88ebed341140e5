/** Ports as they look from outside a machine. */
import { connect } from "node:net";

/** Longest wait for an answer, in ms. */
const PATIENCE = 3_000;

/** Whether something takes a connection there. */
export function answersAt(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: PATIENCE });
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket
      .once("connect", () => end(true))
      .once("timeout", () => end(false))
      .once("error", () => end(false));
  });
}
