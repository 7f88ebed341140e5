/**
 * BuildKit's messages in the engine's build stream: base64 of a `moby.buildkit.v1.StatusResponse`. dockerode reads them
 * too, but leaves what a command prints undecoded.
 */
import jspb from "google-protobuf";

/** Field numbers of the messages, from BuildKit's `control.proto`. */
const fields = {
  response: { vertexes: 1, logs: 3 },
  vertex: { name: 3, cached: 4, error: 7 },
  log: { message: 4 },
} as const;

/** Makes lines for a person out of the messages of one build. Each step is named once. */
export function traceReader(): (aux: string) => string[] {
  const named = new Set<string>();
  return (aux) => {
    const lines: string[] = [];
    read(aux, (field, reader) => {
      if (field === fields.response.vertexes)
        reader.readMessage({} as never, () => lines.push(...vertexLines(reader, named)));
      else if (field === fields.response.logs) reader.readMessage({} as never, () => lines.push(...logLines(reader)));
      else reader.skipField();
    });
    return lines;
  };
}

function read(aux: string, each: (field: number, reader: jspb.BinaryReader) => void): void {
  const reader = new jspb.BinaryReader(Buffer.from(aux, "base64"));
  while (reader.nextField()) each(reader.getFieldNumber(), reader);
}

/** A step of the build: its name when it begins, and how it failed. */
function vertexLines(reader: jspb.BinaryReader, named: Set<string>): string[] {
  let name = "";
  let error = "";
  let cached = false;
  while (reader.nextField()) {
    const field = reader.getFieldNumber();
    if (field === fields.vertex.name) name = reader.readString();
    else if (field === fields.vertex.error) error = reader.readString();
    else if (field === fields.vertex.cached) cached = reader.readBool();
    else reader.skipField();
  }
  const isNew = name !== "" && !named.has(name);
  named.add(name);
  return [
    ...(isNew ? [cached ? `${name} (cached)` : name] : []),
    ...(error === "" ? [] : [`ERROR: ${name}: ${error}`]),
  ];
}

/** What a command printed. */
function logLines(reader: jspb.BinaryReader): string[] {
  let text = "";
  while (reader.nextField()) {
    if (reader.getFieldNumber() === fields.log.message) text = Buffer.from(reader.readBytes()).toString("utf8");
    else reader.skipField();
  }
  return text.split("\n");
}
