/** The Pulumi CLI and its Node language host: a person's own, the usual download, or a build from Go modules. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { languageHostVersion, oldestPulumiVersion, pulumiSums, pulumiVersion } from "../versions";
import { cacheFolder } from "./cache";
import { type Archive, download } from "./download";
import { buildGoProgram } from "./goModule";

/** A CLI that can be run. */
export interface Pulumi {
  /** Folder of `pulumi` and `pulumi-language-nodejs`, to be put first on PATH. */
  readonly folder: string;
  /** Its version, dotted. */
  readonly version: string;
  /** Where it came from, in words. */
  readonly choice: string;
}

/** Finds or makes a CLI. @throws UserError if there is no way on this machine */
export async function ensurePulumi(): Promise<Pulumi> {
  const own = await onPath();
  if (own) return own;
  const chosen = archive();
  const built = cacheFolder("pulumi", pulumiVersion, "build");
  const downloaded = chosen && join(chosen.folder, "pulumi");
  if (downloaded && isComplete(downloaded)) return made(downloaded, "downloaded earlier");
  if (isComplete(built)) return made(built, "built from Go modules earlier");
  if (downloaded && (await download(chosen))) return made(downloaded, "downloaded");
  await build(built);
  return made(built, "built from Go modules");
}

function made(folder: string, how: string): Pulumi {
  return { folder, version: pulumiVersion, choice: `${pulumiVersion}, ${how}` };
}

function isComplete(folder: string): boolean {
  return existsSync(join(folder, "pulumi")) && existsSync(join(folder, "pulumi-language-nodejs"));
}

async function onPath(): Promise<Pulumi | undefined> {
  const folder = (process.env.PATH ?? "")
    .split(delimiter)
    .find((candidate) => candidate !== "" && isComplete(candidate));
  if (!folder) return undefined;
  const { stdout } = await execa(join(folder, "pulumi"), ["version"], {
    reject: false,
    env: { PULUMI_SKIP_UPDATE_CHECK: "1" },
  });
  const version = stdout.trim().replace(/^v/, "");
  return isAtLeast(version, oldestPulumiVersion) ? { folder, version, choice: `${version}, from PATH` } : undefined;
}

/** Whether dotted version `version` is `oldest` or later; a pre-release counts as its release. */
export function isAtLeast(version: string, oldest: string): boolean {
  const parts = (text: string) => text.split("-")[0]?.split(".").map(Number) ?? [];
  const [have, need] = [parts(version), parts(oldest)];
  if (have.length < 3 || have.some(Number.isNaN)) return false;
  const difference = need.map((part, index) => (have[index] ?? 0) - part).find((delta) => delta !== 0);
  return (difference ?? 0) >= 0;
}

/** What is downloaded for this platform; nothing where no sum of it is pinned. */
function archive(): Archive | undefined {
  const platform = `${process.platform}-${process.arch === "arm64" ? "arm64" : "x64"}`;
  const sha256 = pulumiSums[platform];
  if (sha256 === undefined) return undefined;
  return {
    url: `https://get.pulumi.com/releases/sdk/pulumi-v${pulumiVersion}-${platform}.tar.gz`,
    sha256,
    // What another sum was asked of is another archive.
    folder: cacheFolder("pulumi", pulumiVersion, `download-${sha256.slice(0, 12)}`),
  };
}

async function build(folder: string): Promise<void> {
  await buildGoProgram({
    label: `Node language host ${languageHostVersion}`,
    module: "pulumi-language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ldflags: "-s -w",
    output: join(folder, "pulumi-language-nodejs"),
  });
  await buildGoProgram({
    label: `Pulumi ${pulumiVersion}`,
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ldflags: `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${pulumiVersion}`,
    output: join(folder, "pulumi"),
  });
}
