import { expect, test } from "vitest";
import { frameCutter, lineCutter, stampedFrames } from "./lines";

const frame = (stream: number, text: string) => {
  const head = Buffer.alloc(8);
  head[0] = stream;
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
};

test("frames and lines come out whole wherever the stream is cut", () => {
  const bytes = Buffer.concat([frame(1, "a b\nc"), frame(2, "wrong é\r\n"), frame(1, "d\nlast")]);
  for (let size = 1; size <= bytes.length; size++) {
    const lines: string[] = [];
    const cutters = [1, 2].map((stream) => lineCutter((line) => lines.push(`${stream} ${line}`)));
    const feed = frameCutter((stream, part) => cutters[stream - 1]?.feed(part));
    for (let at = 0; at < bytes.length; at += size) feed(bytes.subarray(at, at + size));
    for (const cutter of cutters) cutter.end();
    expect(lines).toEqual(["1 a b", "2 wrong é", "1 cd", "1 last"]);
  }
});

test("a line longer than a piece of Docker's log loses every stamp within it and stays one line", () => {
  const at = "2026-01-02T03:04:05.000000006Z";
  const bytes = Buffer.concat([
    frame(1, `${at} ${"x".repeat(16_384)}`),
    frame(2, `${at} wrong\n`),
    frame(1, `${at} ${"y".repeat(10)}\n`),
    frame(1, `${at} \n`),
    frame(1, "no stamp\n"),
    frame(1, `${at} last`),
  ]);
  for (const size of [1, 7, 16_000, bytes.length]) {
    const lines: [string, string | undefined][] = [];
    const { feed, end } = stampedFrames((line, stamp) => lines.push([line, stamp]));
    for (let from = 0; from < bytes.length; from += size) feed(bytes.subarray(from, from + size));
    end();
    expect(lines).toEqual([
      ["wrong", at],
      ["x".repeat(16_384) + "y".repeat(10), at],
      ["", at],
      ["no stamp", undefined],
      ["last", at],
    ]);
  }
});
