/**
 * The maintenance page. The edge looks for an app's page at each request (see `caddyfile.ts`) and answers everything with it while it is
 * there, so that the switch is a file: no reload, no request cut off, and it outlives releases and restarts.
 */
import { Failure } from "./failure";
import type { Host } from "./host";
import { APPS, appPaths } from "./paths";

/** What visitors read where nobody says anything else. */
export const MAINTENANCE_MESSAGE = "We are working on it and will be back soon.";

/**
 * Closes or opens an app to its visitors. Nothing happens where it is so already, but for a new message.
 * @param message for the visitors, in plain text
 * @throws Failure if the host has no such app
 */
export async function setMaintenance(
  host: Host,
  app: string,
  on: boolean,
  message: string = MAINTENANCE_MESSAGE,
): Promise<void> {
  const apps = await host.files.list(APPS);
  if (!apps.includes(app))
    throw new Failure(`there is no app ${app} on this host; it has: ${apps.join(", ") || "none"}`);
  const page = appPaths(app).maintenance;
  await (on ? host.files.write(page, maintenancePage(message), 0o644) : host.files.remove(page));
}

/** Whether visitors of an app see its maintenance page. */
export async function inMaintenance(host: Host, app: string): Promise<boolean> {
  return (await host.files.read(appPaths(app).maintenance)) !== undefined;
}

/** The page: whole in itself, since no other address of the app answers. */
export function maintenancePage(message: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Down for maintenance</title>
<style>
:root { color-scheme: light dark; }
body { min-height: 100vh; margin: 0; display: grid; place-content: center; font: 1.1rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; padding: 2rem; }
p { white-space: pre-line; overflow-wrap: anywhere; }
</style>
</head>
<body>
<main>
<h1>Down for maintenance</h1>
<p>${escaped(message)}</p>
</main>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character);
}
