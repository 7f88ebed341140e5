import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { docker } from "../../sandbox/providers/docker/docker";
import { driver, keptCall } from "../../sandbox/providers/testing";

const engine = new Docker();
const folder = mkdtempSync(join(tmpdir(), "slipway-image-"));
const imageName = `slipway-providers-test:${process.pid}`;

beforeAll(() => {
  mkdirSync(join(folder, "fails"));
  writeFileSync(join(folder, "kept.txt"), "kept");
  writeFileSync(join(folder, "left-out.txt"), "left out");
  writeFileSync(join(folder, ".dockerignore"), "left-out.txt\nfails\n");
  writeFileSync(
    join(folder, "Dockerfile"),
    "FROM scratch AS first\nARG GREETING=none\nLABEL greeting=$GREETING\nCOPY . /all/\nFROM first AS second\nLABEL stage=second\n",
  );
  writeFileSync(join(folder, "fails/Dockerfile"), "FROM scratch\nCOPY nothing /there\n");
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await engine.getImage(imageName).remove({ force: true });
});

describe.each(["BuilderV1", "BuilderBuildKit"])("docker.Image by %s", (builderVersion) => {
  const build = {
    context: folder,
    platform: "linux/amd64",
    target: "first",
    args: { GREETING: "hello" },
    builderVersion,
  };

  it("is built with its arguments up to its target, and shows what it does", async () => {
    const kept = keptCall();
    const image = driver(docker(), "docker:index/image:Image", kept);
    const { id, outputs } = await image.create({ imageName, skipPush: true, build });
    const made = await engine.getImage(imageName).inspect();
    expect(id).toBe(imageName);
    expect(outputs).toEqual({
      baseImageName: imageName,
      context: folder,
      dockerfile: "Dockerfile",
      imageName,
      platform: "linux/amd64",
      registryServer: "",
      repoDigest: made.Id,
    });
    expect(made.Config.Labels).toEqual({ greeting: "hello" });
    expect(kept.lines.some((line) => line.startsWith("status: ") && line.includes("COPY . /all/"))).toBe(true);
  });

  it("fails with the reason and the last lines", async () => {
    const image = driver(docker(), "docker:index/image:Image");
    const context = join(folder, "fails");
    const failed = image.create({ imageName: "slipway-fails:1", skipPush: true, build: { context, builderVersion } });
    await expect(failed).rejects.toThrow(
      /^building slipway-fails:1 failed: .*nothing.*\n(.*\n)*.*COPY nothing \/there/,
    );
  });
});
