import { describe, expect, it } from "vitest";
import { change, changed, newImage } from "./change";
import { type Row, writeRow } from "./ledger";
import { MemoryHost } from "./memory";
import { appPaths, releasePaths } from "./paths";
import { writeLive, writeRecord } from "./record";
import { record } from "./record.examples";

const old = `registry.test/shop@sha256:${"a".repeat(64)}`;
const image = `registry.test/shop@sha256:${"b".repeat(64)}`;
const origin = { sequence: 9, actor: "ci", commit: "abc" };
const environment = { LEVEL: "info" };

/** The images of a manifest by process. */
const imagesOf = (images: Parameters<typeof changed>[2]["images"]) =>
  Object.fromEntries(
    Object.entries(changed(record(), environment, { images, origin }).processes).map(([name, one]) => [
      name,
      one.image,
    ]),
  );

describe("a change", () => {
  it("is what is live, with another image, asked for by someone else", () => {
    const live = record();
    const login = { server: "registry.test", username: "ana", password: "pw" };
    expect(changed(live, environment, { images: [{ process: "web", image }], origin, registry: login })).toEqual({
      ...live.content,
      origin,
      registry: login,
      environment,
      processes: { web: { ...live.content.processes.web, image }, worker: live.content.processes.worker },
      before: { web: old, worker: old },
    });
  });

  it("gives an image without a process to all processes of its repository", () => {
    expect(imagesOf([{ image }])).toEqual({ web: image, worker: image });
    expect(imagesOf([{ process: "worker", image }])).toEqual({ web: old, worker: image });
  });

  it("refuses what fits no process, and says what would", () => {
    const other = image.replace("shop", "wiki");
    expect(() => imagesOf([{ image: other }])).toThrow(
      "no process of shop runs images of registry.test/wiki; it has: web (registry.test/shop), worker (registry.test/shop)",
    );
    expect(() => imagesOf([{ process: "mail", image }])).toThrow(
      "shop has no process mail; it has: web (registry.test/shop), worker (registry.test/shop)",
    );
    expect(() => imagesOf([{ process: "web", image: other }])).toThrow(
      "process web of shop does not run images of registry.test/wiki; it has: web (registry.test/shop), worker (registry.test/shop). " +
        "Another repository is for the stack to set",
    );
    expect(() => imagesOf([{ image }, { process: "web", image }])).toThrow("process web of shop is given two images");
  });
});

describe("an image on the command line", () => {
  it("has its process in front, or none", () => {
    expect(newImage(`web=${image}`)).toEqual({ process: "web", image });
    expect(newImage(image)).toEqual({ image });
    const atPort = `10.0.0.1:5000/shop@sha256:${"b".repeat(64)}`;
    expect(newImage(atPort)).toEqual({ image: atPort });
  });

  it("is by digest", () => {
    expect(() => newImage("web=registry.test/shop:main")).toThrow(
      "registry.test/shop:main is no image by digest; expected [PROCESS=]REPOSITORY@sha256:…, as docker push prints it",
    );
    expect(() => newImage(`Web=${image}`)).toThrow("Web cannot be the name of a process");
  });
});

describe("a change on a host", () => {
  const order = { app: "shop", images: [{ image }], origin, wait: 5, owner: "ana", say: () => {} };

  it("goes only forward where that is asked for: never back to what was live once, whoever went on from it", async () => {
    const memory = await host({ environment: true });
    const digest = (letter: string) => `registry.test/shop@sha256:${letter.repeat(64)}`;
    const row = (release: number, letter: string, result: Row["result"]) =>
      writeRow(memory.files, "shop", { release, at: "", ...origin, images: { web: digest(letter) }, result });
    await row(1, "1", "live");
    await row(2, "2", "failed");
    await row(3, "3", "interrupted");
    await row(4, "a", "live");
    const ask = (letter: string, forward: boolean) =>
      change(memory, { ...order, images: [{ image: digest(letter) }], forward }).then(() => "taken", String);
    expect(await ask("1", true)).toContain("was live in release 1 of shop and is no more; CI only goes forward");
    for (const letter of ["2", "3", "a", "b"]) expect(await ask(letter, true)).toBe("taken");
    expect(await ask("1", false)).toBe("taken");
  });

  async function host({ environment }: { environment: boolean }) {
    const memory = new MemoryHost();
    await writeRecord(memory.files, record());
    await writeLive(memory.files, "shop", { release: 3, sequence: 1 });
    if (environment)
      await memory.files.write(releasePaths("shop", 3).environment, "LEVEL='info'\nRELEASE='3'\n", 0o600);
    return memory;
  }

  it("starts from the live release and its environment, and holds no one up afterwards", async () => {
    const memory = await host({ environment: true });
    const manifest = await change(memory, order);
    expect(manifest).toMatchObject({ app: "shop", origin, environment: { LEVEL: "info" } });
    expect(manifest.environment).not.toHaveProperty("RELEASE");
    await (await memory.lock({ path: appPaths("shop").lock, wait: 0, owner: "ben", onWait: () => {} })).free();
  });

  it("waits for a release that is under way", async () => {
    const memory = await host({ environment: true });
    await memory.lock({ path: appPaths("shop").lock, wait: 0, owner: "ben", onWait: () => {} });
    await expect(change(memory, order)).rejects.toThrow("is held");
  });

  it("says what is missing", async () => {
    await expect(change(new MemoryHost(), order)).rejects.toThrow(
      "nothing of shop is live on this host, so there is nothing to change; the stack makes its first release",
    );
    await expect(change(await host({ environment: false }), order)).rejects.toThrow(
      "the environment of release 3 of shop is gone from this host; release it by the stack",
    );
  });
});
