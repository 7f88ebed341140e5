import jspb from "google-protobuf";
import { describe, expect, it } from "vitest";
import { traceReader } from "./buildkit";

/** A message as BuildKit writes it. */
function message(write: (writer: jspb.BinaryWriter) => void): string {
  const writer = new jspb.BinaryWriter();
  write(writer);
  return Buffer.from(writer.getResultBuffer()).toString("base64");
}

const nested = (writer: jspb.BinaryWriter, field: number, write: () => void) => writer.writeMessage(field, {}, write);

describe("BuildKit's messages", () => {
  it("become lines, with each step named once", () => {
    const lines = traceReader();
    const step = message((writer) =>
      nested(writer, 1, () => {
        writer.writeString(1, "sha256:1");
        writer.writeString(3, "[1/2] RUN make");
      }),
    );
    expect(lines(step)).toEqual(["[1/2] RUN make"]);
    expect(lines(step)).toEqual([]);
  });

  it("tell what a command printed, what was kept from before, and what failed", () => {
    const trace = message((writer) => {
      nested(writer, 1, () => {
        writer.writeString(3, "COPY . .");
        writer.writeBool(4, true);
      });
      nested(writer, 3, () => {
        writer.writeInt64(3, 1);
        writer.writeBytes(4, Buffer.from("grüße\nzwei"));
      });
      nested(writer, 1, () => {
        writer.writeString(3, "RUN make");
        writer.writeString(7, "exit code: 2");
      });
    });
    expect(traceReader()(trace)).toEqual([
      "COPY . . (cached)",
      "grüße",
      "zwei",
      "RUN make",
      "ERROR: RUN make: exit code: 2",
    ]);
  });

  it("may be empty", () => {
    expect(traceReader()("")).toEqual([]);
  });
});
