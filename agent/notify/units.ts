/** The units of systemd that have people told: at once when something happened, and now and then to see whether anything is wrong. */
import { ENGINE, IN_UNIT, NODE, SERVICES } from "../front";
import type { Files } from "../host";
import { NOTIFY_DUE } from "../paths";

const FOLDER = "/etc/systemd/system";
const NAME = "slipway-notify";
const STARTERS = [`${NAME}.path`, `${NAME}.timer`];

/** Seconds between two looks at the host. */
const EVERY = 600;

/** Texts of the units by file name. */
export function notifyUnits(): Readonly<Record<string, string>> {
  const unit = (lines: readonly string[]) => `# Written by «slipway notify».\n${lines.join("\n")}\n`;
  return {
    [`${NAME}.service`]: unit([
      "[Unit]",
      "Description=Slipway: tell people what happened",
      `After=network-online.target ${SERVICES.join(" ")}`,
      // Ten apps that are released at once are ten reasons to start it.
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      "Type=oneshot",
      // First, so that what happens from now on starts it once more.
      `ExecStartPre=/bin/rm -f ${NOTIFY_DUE}`,
      `ExecStart=${NODE} ${ENGINE} notify look`,
      `Environment=${IN_UNIT}=1`,
      "Nice=10",
      "TimeoutStartSec=10min",
    ]),
    [`${NAME}.path`]: unit([
      "[Unit]",
      "Description=Slipway: something happened that people are to be told",
      "",
      "[Path]",
      `PathExists=${NOTIFY_DUE}`,
      "TriggerLimitIntervalSec=0",
      "",
      "[Install]",
      "WantedBy=paths.target",
    ]),
    [`${NAME}.timer`]: unit([
      "[Unit]",
      "Description=Slipway: see whether anything is wrong",
      "",
      "[Timer]",
      `OnActiveSec=${EVERY}`,
      `OnUnitInactiveSec=${EVERY}`,
      "AccuracySec=1min",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ]),
  };
}

/** What the units are settled with. */
export interface UnitTools {
  readonly files: Files;
  /** Runs systemctl with these arguments; rejects if it fails. */
  readonly systemctl: (...argv: string[]) => Promise<void>;
}

/**
 * Has the units be there and at work. Resolves with the files that were changed.
 * @param anew whether systemd reads them again although they are as they should be
 */
export async function settleUnits({ files, systemctl }: UnitTools, anew = false): Promise<readonly string[]> {
  const changed: string[] = [];
  for (const [name, text] of Object.entries(notifyUnits())) {
    const path = `${FOLDER}/${name}`;
    if ((await files.read(path)) === text) continue;
    await files.write(path, text, 0o644);
    changed.push(path);
  }
  const differs = anew || changed.length > 0;
  if (differs) await systemctl("daemon-reload");
  await systemctl("enable", "--quiet", ...STARTERS);
  await systemctl(differs ? "restart" : "start", ...STARTERS);
  return changed;
}

/** Takes the units away. */
export async function removeUnits({ files, systemctl }: UnitTools): Promise<void> {
  if ((await files.read(`${FOLDER}/${NAME}.service`)) === undefined) return;
  await systemctl("disable", "--quiet", "--now", ...STARTERS);
  // The service last: by it the rest is found again if this is cut short.
  for (const name of Object.keys(notifyUnits()).reverse()) await files.remove(`${FOLDER}/${name}`);
  await systemctl("daemon-reload");
}
