/** Releases of harbour that must fail, each in its own way. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import type { Manifest } from "../../../agent/manifest";
import type { LoadOrder } from "../../../bench/loadResult";
import type { Behaviour, Harbour, Order, Ran } from "./harbour";
import { type Expected, WRONG_PASSWORD } from "./outcome";

/** A release that must fail. */
export interface BadRelease extends Expected {
  /** Ends the sentence "a release that …". */
  readonly name: string;
  readonly make: (harbour: Harbour) => Promise<Manifest>;
  /** What is wrong around it while it runs. */
  readonly around: (harbour: Harbour, manifest: Manifest) => Promise<Ran>;
  /** Requests that no engine could save are not part of the load: what a process was in the midst of when it died. */
  readonly without?: LoadOrder["without"];
}

const plain: BadRelease["around"] = (harbour, manifest) => harbour.release(manifest);
const of =
  (behaviour: Behaviour, order: Order = {}) =>
  async (harbour: Harbour) =>
    harbour.manifest((await harbour.image(behaviour)).image, order);

/** Where a small disk is mounted. */
const SMALL = "/run/small-disk";

/** @see the file's head */
export const badReleases: readonly BadRelease[] = [
  {
    name: "crashes at its start",
    make: of({ fault: "crash" }),
    around: plain,
    step: "health",
    reason: /exit code 1/,
    lines: /its anchor is missing/,
  },
  {
    name: "prints a secret and crashes",
    make: of({ fault: "secret" }),
    around: plain,
    step: "health",
    reason: /exit code 1/,
    lines: /connecting with \S+/,
  },
  {
    name: "never gets healthy",
    make: of({ fault: "unhealthy" }, { limits: { health: 2 } }),
    around: plain,
    step: "health",
    reason: /not healthy within 2 s: GET \/healthz answered 503/,
  },
  {
    name: "is healthy and dies within the window",
    make: of({ fault: "dies", after: 3000 }, { limits: { watch: 6 } }),
    around: plain,
    without: ["slow", "upload"],
    step: "watch",
    reason: /exit code 1|started again/,
    lines: /harbour runs aground/,
  },
  {
    name: "is healthy and gets sick within the window",
    make: of({ fault: "sickens", after: 2500 }, { limits: { watch: 6 } }),
    around: plain,
    step: "watch",
    reason: /was healthy and is not any more: GET \/healthz answered 503/,
  },
  {
    name: "has a failing migration",
    make: of({ fault: "migration" }),
    around: plain,
    step: "release command",
    reason: /«node app\.js migrate» ended with exit code 1/,
    lines: /column "berth" of relation "ships" already exists/,
  },
  {
    name: "has an image that isn't there",
    make: async (harbour) => harbour.manifest(`${harbour.registry}/harbour@sha256:${"0".repeat(64)}`),
    around: plain,
    step: "pull",
    reason: /manifest unknown|not found/,
  },
  {
    name: "has an image for another processor",
    make: async (harbour) => harbour.manifest(await foreignImage(harbour)),
    around: plain,
    step: "pull",
    reason: /is for linux\/(arm64|amd64), and this host is linux\/(amd64|arm64)/,
  },
  {
    name: "finds the registry down",
    make: of({}),
    around: async (harbour, manifest) => {
      const registry = `slipway-${harbour.stack.slot}-registry`;
      await execa("docker", ["pause", registry]);
      try {
        return await harbour.release(manifest);
      } finally {
        await execa("docker", ["unpause", registry]);
      }
    },
    step: "pull",
    reason: /timeout|deadline|Timeout/,
  },
  {
    name: "is refused by the registry",
    make: of(
      {},
      {
        change: ({ registry, ...rest }) => ({
          ...rest,
          ...(registry && { registry: { ...registry, password: WRONG_PASSWORD } }),
        }),
      },
    ),
    around: plain,
    step: "pull",
    reason: /the registry refuses the login of slipway/,
  },
  {
    name: "finds too little room for its image",
    make: of({}),
    // The engine alone sees a small disk; Docker, whom it asks over its socket, has the real one.
    around: async (harbour, manifest) => {
      const { exitCode, all } = await execa(
        "docker",
        [
          ...["exec", "-i", harbour.machine, "unshare", "--mount", "sh", "-c"],
          "mount -t tmpfs -o size=16m tmpfs /var/lib/docker && SLIPWAY_UNIT=1 exec slipway release",
        ],
        { input: JSON.stringify(manifest), all: true, reject: false },
      );
      return { code: exitCode ?? 255, output: String(all) };
    },
    step: "disk guard",
    reason: /free.*To make room/,
  },
  {
    name: "meets a full disk when it copies its files",
    make: of({}),
    around: async (harbour, manifest) => {
      const folder = "/var/lib/slipway/apps/harbour/releases";
      // The app's releases move to a disk of their own that is full to the brim.
      const { output, code } = await harbour.sh(
        `set -e; mkdir -p ${SMALL}; mount -t tmpfs -o size=4m tmpfs ${SMALL}; cp -a ${folder}/. ${SMALL}/; mount --bind ${SMALL} ${folder}; ` +
          `head -c 8M /dev/zero > $(ls -d ${folder}/* | tail -1)/ballast 2>/dev/null || true`,
      );
      if (code !== 0) throw new Error(output);
      try {
        return await harbour.release(manifest);
      } finally {
        await harbour.sh(`umount ${folder}; umount ${SMALL}; rmdir ${SMALL}`);
      }
    },
    step: "lay out",
    reason: /the disk is full/i,
  },
  {
    name: "needs more memory than it may have",
    make: of(
      { fault: "memory" },
      {
        change: (manifest) => ({
          ...manifest,
          processes: Object.fromEntries(
            Object.entries(manifest.processes).map(([name, process]) => [
              name,
              { ...process, compose: { mem_limit: "64m" } },
            ]),
          ),
        }),
      },
    ),
    around: plain,
    step: "health",
    reason: /memory/,
  },
  {
    name: "listens on another port",
    make: of({ fault: "port" }, { limits: { health: 2 } }),
    around: plain,
    step: "health",
    reason: /not healthy within 2 s: GET \/healthz: /,
  },
  {
    name: "lacks its folder of static files",
    make: of(
      {},
      {
        change: (manifest) => ({
          ...manifest,
          processes: Object.fromEntries(
            Object.entries(manifest.processes).map(([name, process]) => [
              name,
              { ...process, static: { from: "/app/nowhere", at: "/static/" } },
            ]),
          ),
        }),
      },
    ),
    around: plain,
    step: "static files",
    reason: /the image has no folder \/app\/nowhere/,
  },
];

/** An image of a file or two that says it is for a processor this computer doesn't have. */
async function foreignImage(harbour: Harbour): Promise<string> {
  const name = `${harbour.registry}/harbour:foreign`;
  const platform = process.arch === "arm64" ? "linux/amd64" : "linux/arm64";
  const folder = mkdtempSync(join(tmpdir(), "slipway-foreign-"));
  writeFileSync(join(folder, "Dockerfile"), 'FROM scratch\nCOPY Dockerfile /\nCMD ["/Dockerfile"]\n');
  await execa("docker", ["build", "-q", "--platform", platform, "-t", name, folder]);
  rmSync(folder, { recursive: true });
  await execa("docker", ["push", "-q", name]);
  const { stdout } = await execa("docker", ["inspect", "--format", "{{index .RepoDigests 0}}", name]);
  await execa("docker", ["rmi", name]);
  return stdout.trim();
}
