/** Commands on a sandbox machine over SSH, as root, with a key made for the test. */
import { setTimeout as sleep } from "node:timers/promises";
import ssh2 from "ssh2";

/** What a command printed and how it ended. */
export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A key pair of one test file. */
export class Remote {
  readonly #pair = ssh2.utils.generateKeyPairSync("ed25519");

  /** For the order of a machine. */
  get publicKey(): string {
    return `${this.#pair.public} test`;
  }

  /** Runs a command, waiting up to `patience` seconds for the machine to let us in. */
  async run(address: string, command: string, patience = 40): Promise<Ran> {
    const end = Date.now() + patience * 1000;
    for (;;) {
      try {
        return await this.#once(address, command);
      } catch (error) {
        if (Date.now() > end) throw error;
        await sleep(200);
      }
    }
  }

  #once(address: string, command: string): Promise<Ran> {
    return new Promise((resolve, reject) => {
      const client = new ssh2.Client();
      client.once("error", reject);
      client.once("ready", () => {
        client.exec(command, (error, channel) => {
          if (error) {
            reject(error);
            return;
          }
          let output = "";
          const hear = (piece: Buffer) => {
            output += piece.toString();
          };
          channel.on("data", hear);
          channel.stderr.on("data", hear);
          channel.once("close", (code: number | null) => {
            client.end();
            resolve({ code: code ?? 255, output: output.trim() });
          });
        });
      });
      client.connect({ host: address, username: "root", privateKey: this.#pair.private, readyTimeout: 3000 });
    });
  }
}
