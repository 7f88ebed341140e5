/** The S3 server of the sandbox, which is built when it is first asked for: no set-up waits for it. */
import { existsSync } from "node:fs";
import { objectStoreVersion } from "../versions";
import { cacheFolder } from "./cache";
import { buildGoProgram } from "./goModule";

/** Path of the server's program. @throws UserError if it is not there and can't be built */
export async function ensureObjectStore(): Promise<string> {
  const output = cacheFolder("versitygw", objectStoreVersion, "versitygw");
  if (existsSync(output)) return output;
  await buildGoProgram({
    label: `S3 server versitygw ${objectStoreVersion}`,
    module: "versitygw",
    package: "github.com/versity/versitygw/cmd/versitygw",
    ldflags: "-s -w",
    output,
  });
  return output;
}
