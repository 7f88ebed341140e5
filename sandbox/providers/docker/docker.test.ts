import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { extract } from "tar-stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { differences } from "../changes";
import { driver } from "../testing";
import { type Properties, unknown } from "../wire";
import { contextDigest, contextFiles, contextTar, relativeDockerfile } from "./context";
import { loginFor, registryOf } from "./credentials";
import { docker } from "./docker";

let folder: string;
const write = (path: string, content = path) => writeFileSync(join(folder, path), content);
const context = () => ({ folder, dockerfile: join(folder, "Dockerfile") });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-docker-"));
  mkdirSync(join(folder, "src"));
  mkdirSync(join(folder, "node_modules/x"), { recursive: true });
  write("Dockerfile", "FROM scratch\n");
  write("src/a.txt");
  write("node_modules/x/index.js");
  write("debug.log");
});

afterEach(() => rmSync(folder, { recursive: true }));

describe("a context", () => {
  it("is every file", () => {
    expect(contextFiles(context())).toEqual(["Dockerfile", "debug.log", "node_modules/x/index.js", "src/a.txt"]);
  });

  it("lacks what .dockerignore names, less its exceptions", () => {
    write(".dockerignore", "node_modules\n*.log\n!keep.log\n");
    write("keep.log");
    expect(contextFiles(context())).toEqual([".dockerignore", "Dockerfile", "keep.log", "src/a.txt"]);
  });

  it("finds an exception in a folder that is left out", () => {
    write(".dockerignore", "node_modules\n!node_modules/x/index.js\n");
    expect(contextFiles(context())).toContain("node_modules/x/index.js");
  });

  it("takes the Dockerfile's own ignore file before the folder's", () => {
    write(".dockerignore", "src\n");
    write("Dockerfile.dockerignore", "*.log\n");
    expect(contextFiles(context())).toContain("src/a.txt");
    expect(contextFiles(context())).not.toContain("debug.log");
  });

  it("has the Dockerfile's path from its folder", () => {
    expect(relativeDockerfile({ folder: "app", dockerfile: "app/build/Dockerfile" })).toBe("build/Dockerfile");
    expect(relativeDockerfile({ folder: "app/web", dockerfile: "Dockerfile" })).toBe("../../Dockerfile");
  });
});

describe("a context's digest", () => {
  it("stays when only times, or what is ignored, change", () => {
    write(".dockerignore", "debug.log\n");
    const before = contextDigest(context());
    utimesSync(join(folder, "src/a.txt"), 1, 1);
    write("debug.log", "more");
    expect(contextDigest(context())).toBe(before);
  });

  it.each<[string, () => void]>([
    ["content", () => write("src/a.txt", "other")],
    ["mode", () => chmodSync(join(folder, "src/a.txt"), 0o755)],
    ["name", () => write("src/b.txt")],
    ["Dockerfile", () => write("Dockerfile", "FROM scratch\nLABEL a=1\n")],
    ["link", () => symlinkSync("a.txt", join(folder, "src/link"))],
  ])("changes with the %s", (_, change) => {
    const before = contextDigest(context());
    change();
    expect(contextDigest(context())).not.toBe(before);
  });

  it("changes with a Dockerfile that the ignore file leaves out", () => {
    write(".dockerignore", "Dockerfile\n");
    const before = contextDigest(context());
    write("Dockerfile", "FROM scratch\nLABEL a=1\n");
    expect(contextDigest(context())).not.toBe(before);
  });
});

describe("a context's tar", () => {
  async function unpack(of: Parameters<typeof contextTar>[0]) {
    const { tar, dockerfile } = contextTar(of);
    const entries: Record<string, { mode: number; uid: number; text: string; link: string | null | undefined }> = {};
    const reader = extract();
    reader.on("entry", (header, stream, next) => {
      text(stream as never).then((content) => {
        entries[header.name] = { mode: header.mode ?? 0, uid: header.uid ?? -1, text: content, link: header.linkname };
        next();
      });
    });
    await new Promise<void>((resolve, reject) => {
      reader.on("finish", () => resolve()).on("error", reject);
      tar.on("error", reject);
      tar.pipe(reader as never);
    });
    return { entries, dockerfile };
  }

  it("has root's files with their modes and links, and the Dockerfile though it is ignored", async () => {
    write(".dockerignore", "Dockerfile\nnode_modules\n");
    chmodSync(join(folder, "src/a.txt"), 0o755);
    symlinkSync("a.txt", join(folder, "src/link"));
    const { entries, dockerfile } = await unpack(context());
    expect(dockerfile).toBe("Dockerfile");
    expect(Object.keys(entries).sort()).toEqual([".dockerignore", "Dockerfile", "debug.log", "src/a.txt", "src/link"]);
    expect(entries["src/a.txt"]).toMatchObject({ mode: 0o755, uid: 0, text: "src/a.txt" });
    expect(entries["src/link"]?.link).toBe("a.txt");
  });

  it("takes a Dockerfile from outside along", async () => {
    const { entries, dockerfile } = await unpack({
      folder: join(folder, "src"),
      dockerfile: join(folder, "Dockerfile"),
    });
    expect(entries[dockerfile]?.text).toBe("FROM scratch\n");
    expect(Object.keys(entries)).toContain("a.txt");
  });
});

describe("logins", () => {
  it("are for the registry in the image's name", () => {
    expect(registryOf("localhost:5000/app:1")).toBe("localhost:5000");
    expect(registryOf("docker.io/library/app")).toBe("https://index.docker.io/v1/");
    expect(String(registryOf("app:1"))).toBe(
      'Error: imageName is "app:1", which names no registry; allowed: registry/repository:tag, e.g. docker.io/library/app:1',
    );
  });

  it("are the program's own first, then what docker login kept", () => {
    process.env.DOCKER_CONFIG = folder;
    write(
      "config.json",
      JSON.stringify({ auths: { "example.com": { auth: Buffer.from("ada:se:cret").toString("base64") } } }),
    );
    try {
      expect(loginFor("example.com/app:1", undefined)).toEqual({
        username: "ada",
        password: "se:cret",
        serveraddress: "example.com",
      });
      expect(loginFor("example.com/app:1", { server: "https://example.com/v2", username: "u", password: "p" })).toEqual(
        {
          username: "u",
          password: "p",
          serveraddress: "example.com",
        },
      );
      expect(loginFor("other.example/app:1", undefined)).toBeUndefined();
    } finally {
      delete process.env.DOCKER_CONFIG;
    }
  });
});

describe("Image", () => {
  const image = driver(docker(), "docker:index/image:Image");
  const inputs = (more: Properties = {}): Properties => ({
    imageName: "registry.example/app:1",
    registry: { server: "registry.example", username: "u", password: "p" },
    build: { context: folder, args: { A: "1" }, platform: "linux/amd64" },
    ...more,
  });
  const diff = (news: Properties) => image.diff({ id: "x", inputs: image.check({}, inputs()), outputs: {} }, news);

  it("keeps its build with defaults and the context's digest", () => {
    expect(image.check({}, inputs())).toMatchObject({
      buildOnPreview: false,
      build: {
        context: folder,
        dockerfile: join(folder, "Dockerfile"),
        platform: "linux/amd64",
        contextDigest: contextDigest(context()),
      },
    });
  });

  it("changes with a file, an argument or the registry's server, in place", () => {
    expect(diff(inputs()).parts).toEqual({});
    expect(diff(inputs({ build: { context: folder, args: { A: "2" }, platform: "linux/amd64" } }))).toMatchObject({
      parts: { "build.args.A": "update" },
      replaces: [],
    });
    const before = image.check({}, inputs());
    write("src/a.txt", "other");
    expect([...differences(before, image.check({}, inputs())).keys()]).toEqual(["build.contextDigest"]);
  });

  it("doesn't change with a login", () => {
    expect(diff(inputs({ registry: { server: "registry.example", username: "v", password: unknown } })).parts).toEqual(
      {},
    );
    expect(diff(inputs({ registry: { server: "other.example", username: "u", password: "p" } })).parts).toEqual({
      "registry.server": "update",
    });
  });

  it("knows its name in a preview, but not its digest", async () => {
    expect(await image.preview(inputs())).toMatchObject({ imageName: "registry.example/app:1", repoDigest: unknown });
    expect(await image.preview(inputs({ build: unknown }))).toMatchObject({ build: unknown, repoDigest: unknown });
  });

  it("names a Dockerfile that isn't there, and where it is", () => {
    const build = { context: folder, dockerfile: "nowhere/Dockerfile" };
    expect(() => image.check({}, inputs({ build }))).toThrow(
      `build.context is "${folder}", build.dockerfile is "nowhere/Dockerfile": there is no such Dockerfile; its path starts from the program's folder, not from the context`,
    );
    expect(() => image.check({}, inputs({ build: { context: folder, dockerfile: "src/a.txt" } }))).toThrow(
      `try setting dockerfile to "${folder}/src/a.txt"`,
    );
  });

  it("needs a registry in its name only to be pushed", () => {
    const { registry: _, ...rest } = inputs({ imageName: "app:1" });
    expect(() => image.check({}, rest)).toThrow("which names no registry");
    expect(image.check({}, { ...rest, skipPush: true }).imageName).toBe("app:1");
  });

  it("knows two builders", () => {
    const build = { context: folder, builderVersion: "3" };
    expect(() => image.check({}, inputs({ build }))).toThrow(
      'build.builderVersion is "3"; allowed: BuilderV1, BuilderBuildKit',
    );
  });
});
