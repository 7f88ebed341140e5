/** Cuts byte streams into lines, and Docker's log streams into bytes. */
import type { IncomingMessage } from "node:http";

/** Feeds chunks; calls back once for each whole line, without its end. `end` gives out the last one. */
export function lineCutter(onLine: (line: string) => void): { feed(chunk: Buffer): void; end(): void } {
  let rest = Buffer.alloc(0);
  return {
    feed(chunk) {
      rest = Buffer.concat([rest, chunk]);
      for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
        onLine(rest.subarray(0, at).toString("utf8").replace(/\r$/, ""));
        rest = rest.subarray(at + 1);
      }
    },
    end() {
      if (rest.length > 0) onLine(rest.toString("utf8"));
      rest = Buffer.alloc(0);
    },
  };
}

/**
 * Takes the frames off a log of a container without a terminal: 1 byte of stream number, 3 of nothing, 4 of length, then
 * the bytes (Docker Engine API, "Attach to a container", stream format).
 */
export function frameCutter(onBytes: (stream: number, bytes: Buffer) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 8) {
      const length = rest.readUInt32BE(4);
      if (rest.length < 8 + length) return;
      onBytes(rest[0] ?? 0, rest.subarray(8, 8 + length));
      rest = rest.subarray(8 + length);
    }
  };
}

/** Reads a log answer of Docker's to its end, line by line. */
export async function readLog(answer: IncomingMessage, onLine: (line: string) => void): Promise<void> {
  const cutters = [lineCutter(onLine), lineCutter(onLine), lineCutter(onLine)];
  const raw = answer.headers["content-type"] === "application/vnd.docker.raw-stream";
  const feed = raw
    ? (chunk: Buffer) => cutters[0]?.feed(chunk)
    : frameCutter((stream, bytes) => cutters[stream]?.feed(bytes));
  for await (const chunk of answer) feed(chunk as Buffer);
  for (const cutter of cutters) cutter.end();
}
