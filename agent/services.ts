/**
 * The services a host lives by: the one list that says what is started again by itself, what is looked at, and what is told. What is
 * asked is the process: a unit that systemd calls active may answer nobody, and one it calls failed may have a successor.
 */
import type { Question, UnitState } from "./host";

/** A unit of systemd that a host lives by. */
export interface Service {
  /** Its name; one that ends in `@.service` stands for each of its instances that the machine starts at boot. */
  readonly unit: string;
  /** What people call it. */
  readonly name: string;
  /** `always`: a host without it is none. `installed`: only where the machine has it and its owner has neither disabled nor masked it. */
  readonly wanted: "always" | "installed";
  /** Whom to ask; `unit`: systemd, where nobody asks the service itself anything. */
  readonly asks: Question | "unit";
  /** Whether it is a process that systemd is to start again however it ended. Timers, paths and what ends by itself are none. */
  readonly lasting: boolean;
  /** What its unit needs besides, by section, in systemd's words. */
  readonly besides?: Readonly<Record<string, readonly string[]>>;
}

/** Has the files of all apps on a mount that knows no device and runs nothing; see `setup.ts`. */
export const APPS_MOUNT = "var-lib-slipway-apps.mount";

/** See the file's head. */
export const HOST_SERVICES: readonly Service[] = [
  {
    unit: "caddy.service",
    name: "the edge",
    wanted: "always",
    asks: "edge",
    lasting: true,
    // Debian's limit counts every process of the user caddy, whoever started it, and ends Caddy when it is reached.
    besides: { Service: ["LimitNPROC=infinity"] },
  },
  { unit: "docker.service", name: "Docker", wanted: "always", asks: "docker", lasting: true },
  { unit: "containerd.service", name: "containerd", wanted: "always", asks: "containerd", lasting: true },
  {
    unit: "ssh.service",
    name: "SSH",
    wanted: "always",
    asks: "ssh",
    lasting: true,
    // Debian gives sshd up when it ends with 255, as it does where an address is not there yet.
    besides: { Service: ["RestartPreventExitStatus="] },
  },
  { unit: "postgresql@.service", name: "Postgres", wanted: "always", asks: "postgres", lasting: true },
  { unit: "slipway-firewall.service", name: "the firewall", wanted: "installed", asks: "firewall", lasting: false },
  { unit: "slipway-media@.service", name: "uploads", wanted: "installed", asks: "media", lasting: false },
  { unit: APPS_MOUNT, name: "the apps' files", wanted: "installed", asks: "unit", lasting: false },
  // Without it no release can be handed to systemd, and nobody's login gets a session.
  { unit: "dbus.service", name: "the system bus", wanted: "installed", asks: "unit", lasting: true },
  { unit: "systemd-logind.service", name: "logins", wanted: "installed", asks: "unit", lasting: true },
  { unit: "systemd-journald.service", name: "the journal", wanted: "installed", asks: "unit", lasting: true },
  { unit: "systemd-networkd.service", name: "the network", wanted: "installed", asks: "unit", lasting: true },
  { unit: "systemd-resolved.service", name: "name resolution", wanted: "installed", asks: "unit", lasting: true },
  // Certificates and the order of releases go by the clock.
  { unit: "systemd-timesyncd.service", name: "the clock", wanted: "installed", asks: "unit", lasting: true },
  { unit: "chrony.service", name: "the clock", wanted: "installed", asks: "unit", lasting: true },
  { unit: "unattended-upgrades.service", name: "upgrades", wanted: "installed", asks: "unit", lasting: true },
  { unit: "apt-daily.timer", name: "upgrades", wanted: "installed", asks: "unit", lasting: false },
  { unit: "apt-daily-upgrade.timer", name: "upgrades", wanted: "installed", asks: "unit", lasting: false },
  { unit: "slipway-notify.path", name: "notifications", wanted: "installed", asks: "unit", lasting: false },
  { unit: "slipway-notify.timer", name: "notifications", wanted: "installed", asks: "unit", lasting: false },
];

/** Name of the file that has a unit's process started again, in the folder `UNIT.d` of the administrator's units. */
export const DROP_IN = "slipway-restart.conf";

/**
 * Text of that file. Nothing ends it for good: it is tried for ever, soon at first and then every 30 s, which a machine can bear. Debian's
 * own units give up after a few times in ten seconds, or never try.
 */
export function dropIn({ besides = {} }: Pick<Service, "besides">): string {
  const { Unit = [], Service = [] } = besides;
  return `${[
    "# Written by «slipway setup».",
    "[Unit]",
    "StartLimitIntervalSec=0",
    ...Unit,
    "",
    "[Service]",
    "Restart=always",
    "RestartSec=1",
    "RestartSteps=6",
    "RestartMaxDelaySec=30",
    ...Service,
  ].join("\n")}\n`;
}

/** How a service fares. */
export interface ServiceStatus {
  readonly unit: string;
  readonly name: string;
  /** What is wrong with it; none where it answers. */
  readonly problem?: string;
}

/** Whether a machine is to have it. */
export function isWanted({ wanted }: Pick<Service, "wanted">, { load, file, active, condition }: UnitState): boolean {
  if (wanted === "always") return true;
  if (load === "not-found" || load === "bad-setting") return false;
  // Held off for now, which is no one's lasting wish.
  if (file === "masked-runtime") return true;
  if (file === "disabled" || file === "masked" || load === "masked") return active === "active";
  return condition || active === "active" || active === "failed";
}

/** What is wrong with a service that is wanted, if anything is. @param silence why it did not answer, if it was asked and did not */
export function problemOf({ asks }: Pick<Service, "asks">, state: UnitState, silence?: string): string | undefined {
  const { load, active } = state;
  if (asks !== "unit" && silence === undefined) return undefined;
  if (load === "not-found") return "is not installed";
  const held = isMasked(state) ? ", and is masked" : "";
  if (isActive(state)) return silence === undefined ? undefined : `runs and does not answer: ${silence}`;
  if (active === "activating") return `is being started${silence === undefined ? "" : `: ${silence}`}`;
  return `${active === "failed" ? "has failed" : "does not run"}${held}`;
}

/** Whether systemd takes it for running. */
export const isActive = ({ active }: UnitState) => active === "active" || active === "reloading";
/** Whether it is kept from starting by hand. */
export const isMasked = ({ load, file }: UnitState) => load === "masked" || file.startsWith("masked");

/** A problem as one line, with what mends it. */
export function serviceProblem({ unit, name, problem }: ServiceStatus): readonly string[] {
  return problem === undefined ? [] : [`${name} (${unit}) ${problem}; «slipway repair» starts it`];
}
