/** How the engine asks for people to be told: by a file that systemd waits for, so that no release waits for a mail server. */
import type { Files } from "../host";
import { NOTIFY_DUE, NOTIFY_ORDERS } from "../paths";

/** Has the notifier started soon, where there is someone to tell. Never rejects. */
export async function wake(files: Files): Promise<void> {
  try {
    if ((await files.list(NOTIFY_ORDERS)).length > 0) await files.write(NOTIFY_DUE, "", 0o600);
  } catch {
    // The timer comes by within minutes.
  }
}
