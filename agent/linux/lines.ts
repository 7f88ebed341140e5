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

/**
 * Reads a log answer with time stamps to its end, line by line. Docker puts the stamp before each piece of 16 KiB that it keeps a long
 * line in, so stamps are taken off the frames; a container with a terminal has no frames, and there they are taken off the lines.
 */
export async function readStampedLog(
  answer: IncomingMessage,
  onLine: (line: string, at?: string) => void,
): Promise<void> {
  if (answer.headers["content-type"] === "application/vnd.docker.raw-stream") {
    const cutter = lineCutter((line) => {
      const { at, rest } = stampOf(Buffer.from(line));
      onLine(rest.toString("utf8"), at);
    });
    for await (const chunk of answer) cutter.feed(chunk as Buffer);
    return cutter.end();
  }
  const feed = stampedFrames(onLine);
  for await (const chunk of answer) feed.feed(chunk as Buffer);
  feed.end();
}

/** Feeds chunks of a log with frames and stamps; calls back once for each whole line with the stamp of its last piece. */
export function stampedFrames(onLine: (line: string, at?: string) => void): {
  feed(chunk: Buffer): void;
  end(): void;
} {
  let stamp: string | undefined;
  const cutters = [0, 1, 2].map(() => lineCutter((line) => onLine(line, stamp)));
  const feed = frameCutter((stream, bytes) => {
    const { at, rest } = stampOf(bytes);
    stamp = at;
    cutters[stream]?.feed(rest);
  });
  return {
    feed,
    end() {
      for (const cutter of cutters) cutter.end();
    },
  };
}

const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z $/;

function stampOf(bytes: Buffer): { at: string | undefined; rest: Buffer } {
  const end = bytes.indexOf(" ") + 1;
  const head = bytes.subarray(0, end).toString("utf8");
  return STAMP.test(head) ? { at: head.trimEnd(), rest: bytes.subarray(end) } : { at: undefined, rest: bytes };
}
