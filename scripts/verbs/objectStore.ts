import { quote } from "shell-quote";
import { ensureObjectStore } from "../setup/objectStore";
import { objectsLogin, objectsUrl, stateBackend } from "../stack/objects";
import { startObjects, stopObjects } from "../stack/sandbox";
import { currentSlot } from "../stack/slot";

/** Starts the sandbox's S3 server, ends it, or prints what a shell needs for Pulumi to keep its state there. */
export async function objectStore(verb: "start" | "stop" | "env"): Promise<void> {
  const { number } = currentSlot(process.env);
  switch (verb) {
    case "start":
      return startObjects(await ensureObjectStore());
    case "stop":
      return stopObjects();
    case "env": {
      const env = {
        PULUMI_BACKEND_URL: stateBackend(objectsUrl(number)),
        AWS_ACCESS_KEY_ID: objectsLogin.accessKey,
        AWS_SECRET_ACCESS_KEY: objectsLogin.secretKey,
      };
      for (const [name, value] of Object.entries(env)) process.stdout.write(`export ${name}=${quote([value])}\n`);
      return;
    }
    default:
      return verb satisfies never;
  }
}
