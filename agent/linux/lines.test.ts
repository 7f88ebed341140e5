import { expect, test } from "vitest";
import { frameCutter, lineCutter } from "./lines";

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
