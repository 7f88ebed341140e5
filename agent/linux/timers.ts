/** Timers of systemd: for each a unit that says when and one that says what. */
import { FRONT, SERVICES } from "../front";
import type { Timer, Timers } from "../host";
import { linuxFiles } from "./files";
import { run } from "./process";
import { systemctl } from "./systemctl";

const UNITS = "/etc/systemd/system";
/** What systemd starts at boot; a link in there is what `systemctl enable` makes. */
const ENABLED = `${UNITS}/timers.target.wants`;

/** Name of a timer's units without their ending. Apps and timers may hold hyphens, apps no underscore: so no two are the same. */
export const unitName = (app: string, timer: string) => `slipway-${app}_${timer}`;

/** See `Timers`. */
export const linuxTimers: Timers = {
  async list(app) {
    const start = unitName(app, "");
    return (await linuxFiles.list(UNITS))
      .filter((file) => file.startsWith(start) && file.endsWith(".timer"))
      .map((file) => file.slice(start.length, -".timer".length));
  },

  async idle(app) {
    const names = await linuxTimers.list(app);
    const idle = new Set(await idleOf(names.map((name) => unitName(app, name))));
    return names.filter((name) => idle.has(unitName(app, name)));
  },

  async set(app, timers) {
    const there = await linuxTimers.list(app);
    const wanted = Object.keys(timers).sort();
    const gone = there.filter((name) => !wanted.includes(name));
    const units = wanted.map((name) => unitsOf(app, name, timers[name] ?? { argv: [] }));
    const differing = await differingFrom(units);
    const idle = await idleOf(units.map(({ name }) => name));
    if (gone.length === 0 && differing.length === 0 && idle.length === 0) return false;

    // A timer that runs while its times change would count the new ones from its last run and start at once.
    await stop([...gone.map((name) => unitName(app, name)), ...differing.map(({ name }) => name)]);
    await Promise.all(gone.map((name) => removeUnits(unitName(app, name))));
    await Promise.all(differing.map(writeUnits));
    await systemctl("daemon-reload");
    await forget(gone.map((name) => unitName(app, name)));
    if (units.length > 0) await systemctl("start", ...units.map(({ name }) => `${name}.timer`));
    return true;
  },
};

/** The two units of a timer, as text. */
export interface Units {
  /** Without ending. */
  readonly name: string;
  readonly timer: string;
  readonly service: string;
}

/** What systemd is told of a timer. */
export function unitsOf(app: string, name: string, { calendars = [], every, argv }: Timer): Units {
  const head = ["# Written by slipway from the live release.", "[Unit]", `Description=slipway: ${name} of ${app}`];
  return {
    name: unitName(app, name),
    timer: unitText([
      ...head,
      "",
      "[Timer]",
      ...calendars.map((calendar) => `OnCalendar=${calendar}`),
      ...(every === undefined ? [] : [`OnActiveSec=${every}`, `OnUnitInactiveSec=${every}`]),
      "AccuracySec=1s",
      // Cron's own ways: a time is let go if the host was off, or if the run before still lasts.
      "Persistent=false",
      "DeferReactivation=true",
      "",
      "[Install]",
      "WantedBy=timers.target",
    ]),
    service: unitText([
      ...head,
      `After=${SERVICES.join(" ")}`,
      // Else a run that is being stopped when its next time comes counts as one that is started over and over, and fails.
      "StartLimitIntervalSec=0",
      "",
      "[Service]",
      // Such a unit is being started for as long as it runs, without a limit of time; what is asked to start meanwhile does not.
      "Type=oneshot",
      `ExecStart=${[FRONT, ...argv].join(" ")}`,
    ]),
  };
}

const unitText = (lines: readonly string[]) => `${lines.join("\n")}\n`;

const pathsOf = (name: string) => ({
  timer: `${UNITS}/${name}.timer`,
  service: `${UNITS}/${name}.service`,
  enabled: `${ENABLED}/${name}.timer`,
});

async function differingFrom(units: readonly Units[]): Promise<readonly Units[]> {
  const enabled = await linuxFiles.list(ENABLED);
  const differs = await Promise.all(
    units.map(async ({ name, timer, service }) => {
      const paths = pathsOf(name);
      const [timerIs, serviceIs] = await Promise.all([linuxFiles.read(paths.timer), linuxFiles.read(paths.service)]);
      return timerIs !== timer || serviceIs !== service || !enabled.includes(`${name}.timer`);
    }),
  );
  return units.filter((_, index) => differs[index]);
}

/** Those that systemd doesn't run, e.g. because a run of ours was killed before it told it. */
async function idleOf(names: readonly string[]): Promise<readonly string[]> {
  if (names.length === 0) return [];
  const { output } = await run(["systemctl", "is-active", ...names.map((name) => `${name}.timer`)]);
  const states = output.trim().split("\n");
  return names.filter((_, index) => states[index] !== "active");
}

/** The timer last: by it the rest is found again if this is cut short. */
async function removeUnits(name: string): Promise<void> {
  const { timer, service, enabled } = pathsOf(name);
  for (const path of [enabled, service, timer]) await linuxFiles.remove(path);
}

async function writeUnits({ name, timer, service }: Units): Promise<void> {
  const paths = pathsOf(name);
  await linuxFiles.write(paths.timer, timer, 0o644);
  await linuxFiles.write(paths.service, service, 0o644);
  await linuxFiles.link(paths.enabled, paths.timer);
}

/** Stops timers, not what they have started; one that systemd doesn't know is stopped already. */
async function stop(names: readonly string[]): Promise<void> {
  if (names.length > 0) await run(["systemctl", "stop", ...names.map((name) => `${name}.timer`)]);
}

/** A last run that failed would keep a unit on record that is no more. */
async function forget(names: readonly string[]): Promise<void> {
  if (names.length > 0) await run(["systemctl", "reset-failed", ...names.map((name) => `${name}.service`)]);
}
