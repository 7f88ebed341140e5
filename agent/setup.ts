/** `slipway setup`: what the engine needs of a host besides its bundle. Writes only what differs, and can be repeated while apps serve. */
import { MEDIA_CADDYFILE, MEDIA_TEMPLATE, mediaCaddyfile, mediaUnitText } from "./edge/media";
import { ENGINE, FRONT, front, IN_UNIT, NODE, REPAIR_UNIT, SERVICES } from "./front";
import type { Files } from "./host";
import { settleUnits, type UnitTools } from "./notify/units";
import { APPS, appPaths, NOTIFY_ORDERS, SETUP_INTENT } from "./paths";
import { APPS_MOUNT, DROP_IN, dropIn, HOST_SERVICES } from "./services";

/** Folder of units that are the administrator's own. */
const UNITS = "/etc/systemd/system";
/** Folder of those that packages bring. */
const PACKAGED = "/usr/lib/systemd/system";

/** Seconds that the repair waits at boot for Docker and the edge. */
export const BOOT_PATIENCE = 120;

/** Text of the unit `REPAIR_UNIT`. */
export function repairUnit(): string {
  return `# Written by «slipway setup».
[Unit]
Description=Slipway: mend what an interrupted release left behind
After=network-online.target ${SERVICES.join(" ")}

[Service]
Type=oneshot
ExecStart=${NODE} ${ENGINE} repair --patience ${BOOT_PATIENCE}
Environment=${IN_UNIT}=1
# Old processes get their time to end, one app after another.
TimeoutStartSec=30min

[Install]
WantedBy=multi-user.target
`;
}

/** Whether a setup was begun on this host and cut off. */
export async function isSetupCutOff(files: Files): Promise<boolean> {
  return (await files.read(SETUP_INTENT)) !== undefined;
}

/**
 * Text of `APPS_MOUNT`: what apps have brought here, the files among it that the edge serves, lies where no device is one and nothing can be
 * run, whatever is there.
 */
export function appsMount(): string {
  return `# Written by «slipway setup».
[Unit]
Description=Slipway: what apps have brought
Before=docker.service caddy.service ${REPAIR_UNIT}

[Mount]
What=${APPS}
Where=${APPS}
Type=none
Options=bind,nodev,nosuid,noexec

[Install]
WantedBy=multi-user.target
`;
}

/** Brings front and unit up to date, and finishes what a killed one has begun. Resolves with what was changed. */
export async function setup({ files, systemctl }: UnitTools): Promise<readonly string[]> {
  const unit = `${UNITS}/${REPAIR_UNIT}`;
  const changed: string[] = [];
  // A file that is as it should be says nothing of whether systemd has read it.
  const wasCutOff = await isSetupCutOff(files);
  await files.write(SETUP_INTENT, "", 0o600);
  const settle = async (path: string, text: string, mode: number) => {
    if ((await files.read(path)) === text) return false;
    await files.write(path, text, mode);
    changed.push(path);
    return true;
  };
  const there = new Set([...(await files.list(PACKAGED)), ...(await files.list(UNITS))]);
  const lasting = HOST_SERVICES.filter(({ unit: name, lasting }) => lasting && there.has(name));
  await settle(MEDIA_CADDYFILE, mediaCaddyfile(), 0o644);
  const isMountNew = await settle(`${UNITS}/${APPS_MOUNT}`, appsMount(), 0o644);
  // The units first: once the front is there, the whole of setup has been done before.
  const units = [
    isMountNew,
    await settle(`${UNITS}/${MEDIA_TEMPLATE}`, mediaUnitText(), 0o644),
    await settle(unit, repairUnit(), 0o644),
    ...(await inTurn(lasting, (service) => settle(`${UNITS}/${service.unit}.d/${DROP_IN}`, dropIn(service), 0o644))),
  ];
  if (wasCutOff || units.some(Boolean)) await systemctl("daemon-reload");
  const enabled = await files.list(`${UNITS}/multi-user.target.wants`);
  if (wasCutOff || isMountNew || !enabled.includes(APPS_MOUNT)) {
    // A folder that isn't there yet can't be mounted.
    await files.write(`${APPS}/.keep`, "", 0o644);
    await files.remove(`${APPS}/.keep`);
    await systemctl("enable", "--quiet", "--now", APPS_MOUNT);
  }
  if (!enabled.includes(REPAIR_UNIT)) {
    await systemctl("enable", "--quiet", REPAIR_UNIT);
    changed.push(`${REPAIR_UNIT} enabled`);
  }
  if ((await files.list(NOTIFY_ORDERS)).length > 0)
    changed.push(...(await settleUnits({ files, systemctl }, wasCutOff)));
  await closeRecords(files);
  await settle(FRONT, front(), 0o755);
  await files.remove(SETUP_INTENT);
  return changed;
}

async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<readonly R[]> {
  const done: R[] = [];
  for (const one of all) done.push(await work(one));
  return done;
}

/** What an app printed, who released it and what is live is root's to read; older versions left it to everybody on the machine. */
async function closeRecords(files: Files): Promise<void> {
  for (const app of await files.list(APPS)) {
    const { stack, mark, live, ledger, restores, hold, logs } = appPaths(app);
    const printed = (await files.list(logs)).map((name) => `${logs}/${name}`);
    for (const path of [stack, mark, live, ledger, restores, hold, ...printed]) await files.close(path);
  }
}
