import type Docker from "dockerode";
import { type Engine, runErrand, statusOf } from "../engine";
import { reasonOf, UserError } from "../userError";
import { loopRule } from "./loopDisks";

/** What a system container is started with on one engine. */
export interface Confinement {
  readonly mode: "privileged" | "capabilities";
}

/** What systemd and an engine inside need where `--privileged` is refused (the engine itself may not have it all to give). */
const capabilities = [
  "AUDIT_CONTROL",
  "AUDIT_READ",
  "BLOCK_SUSPEND",
  "DAC_READ_SEARCH",
  "IPC_LOCK",
  "IPC_OWNER",
  "LEASE",
  "LINUX_IMMUTABLE",
  "MAC_ADMIN",
  "MAC_OVERRIDE",
  "NET_ADMIN",
  "NET_BROADCAST",
  "SYSLOG",
  "SYS_ADMIN",
  "SYS_BOOT",
  "SYS_NICE",
  "SYS_PACCT",
  "SYS_PTRACE",
  "SYS_TIME",
  "SYS_TTY_CONFIG",
  "WAKE_ALARM",
];

/** The part of a container's settings that lets it be a machine. */
export function hostConfigOf(mode: Confinement["mode"]): Docker.HostConfig & { CgroupnsMode: "private" } {
  const common = { SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"], CgroupnsMode: "private" as const };
  if (mode === "privileged") return { ...common, Privileged: true };
  return {
    ...common,
    CapAdd: capabilities,
    Devices: [{ PathOnHost: "/dev/fuse", PathInContainer: "/dev/fuse", CgroupPermissions: "rwm" }],
    // Disks may be attached later, and an engine takes no further rule for a container that is there.
    DeviceCgroupRules: [loopRule],
  };
}

/**
 * Finds out by trying what this engine grants.
 * @throws UserError if it grants too little for a machine
 */
export async function probeConfinement(
  engine: Engine,
  image: string,
  labels: Readonly<Record<string, string>>,
): Promise<Confinement> {
  const refusals: string[] = [];
  for (const mode of ["privileged", "capabilities"] as const) {
    try {
      await runErrand(engine, {
        image,
        command: ["true"],
        labels,
        host: { ...hostConfigOf(mode), NetworkMode: "bridge" },
      });
      return { mode };
    } catch (error) {
      if (statusOf(error) === 404) throw error;
      refusals.push(`${mode}: ${reasonOf(error)}`);
    }
  }
  throw new UserError(
    `this Docker engine starts no container that could be a machine (rootless engines do not): ${refusals.join("; ")}`,
  );
}
