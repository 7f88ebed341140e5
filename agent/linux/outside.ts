/** The world as this machine sees it. */
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { readFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { Outside } from "../host";
import { localAddresses } from "../local-addresses";

/** Milliseconds for an answer from outside. */
const LIMIT = 3_000;
/** What a name server answers where a name, or this kind of address for it, is not there. */
const NONE = ["ENOTFOUND", "ENODATA"];

/** See `Outside`. */
export const linuxOutside: Outside = {
  async lookup(name) {
    const resolver = new Resolver({ timeout: LIMIT / 2, tries: 2 });
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const failed = answers.flatMap((answer) =>
      answer.status === "rejected" && !NONE.includes((answer.reason as NodeJS.ErrnoException).code ?? "")
        ? [answer.reason as Error]
        : [],
    );
    const found = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (found.length === 0 && failed[0]) throw failed[0];
    return found;
  },
  async addresses() {
    const [first, all] = await Promise.all([spokenFrom(), readFile("/proc/net/fib_trie", "utf8")]);
    const six = Object.values(networkInterfaces())
      .flatMap((interfaces) => interfaces ?? [])
      .filter(({ family, internal, address }) => family === "IPv6" && !internal && !address.startsWith("fe80:"))
      .map(({ address }) => address);
    const four = [...localAddresses(all)].filter((address) => !address.startsWith("127."));
    return [...new Set([...(first === undefined ? [] : [first]), ...four, ...six])];
  },
  reach(url) {
    const { hostname, port, protocol } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect({ host: hostname, port: Number(port) || (protocol === "http:" ? 80 : 443) });
      socket.setTimeout(LIMIT, () => socket.destroy(new Error(`no answer within ${LIMIT / 1000} s`)));
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.destroy();
        resolve();
      });
    });
  },
};

/** The address that packets to the world bear; nothing is sent to learn it. */
function spokenFrom(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(undefined);
    });
    // An address for examples (RFC 5737): the system only chooses a route.
    socket.connect(53, "192.0.2.1", () => {
      const { address } = socket.address();
      socket.close();
      resolve(address);
    });
  });
}
