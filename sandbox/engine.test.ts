import { describe, expect, it } from "vitest";
import { plainLogs } from "./engine";

function framed(stream: number, text: string): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([head, Buffer.from(text)]);
}

describe("plainLogs", () => {
  it("joins the pieces of all streams, also where a letter is cut in two", () => {
    const [first, second] = [Buffer.from("ü").subarray(0, 1), Buffer.from("ü").subarray(1)];
    const halves = [first, second].map((half) => Buffer.concat([framed(1, "x").subarray(0, 8), half]));
    expect(plainLogs(Buffer.concat([framed(1, "one\n"), framed(2, "two\n"), ...halves]))).toBe("one\ntwo\nü");
  });

  it("is empty for no log", () => {
    expect(plainLogs(Buffer.alloc(0))).toBe("");
  });
});
