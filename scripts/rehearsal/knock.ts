/** Ports as they look from this computer. */
import { connect } from "node:net";

/** Whether something takes a connection there. @param patience longest wait for an answer, in ms */
export function answersAt(address: string, port: number, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: patience });
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
