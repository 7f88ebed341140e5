import { PassThrough } from "node:stream";
import type { Client } from "ssh2";
import { expect, it } from "vitest";
import { capture } from "./remote";

/** A connection on which a command's end comes with the answer that it was begun. */
function quick(code: number | undefined): Client {
  const channel = Object.assign(new PassThrough(), { stderr: new PassThrough() });
  return {
    once: () => {},
    exec(_line: string, _options: object, begun: (error: Error | undefined, opened: unknown) => void) {
      begun(undefined, channel);
      if (code !== undefined) channel.emit("exit", code);
      channel.write("done");
    },
  } as unknown as Client;
}

it("knows how a command ended that was over as soon as it had begun", async () => {
  expect(await capture(quick(3), ["true"])).toEqual({ code: 3, stdout: "done", stderr: "" });
});

it("takes an end without an exit code for a lost connection", async () => {
  await expect(capture(quick(undefined), ["true"])).rejects.toThrow("the connection was lost");
});
