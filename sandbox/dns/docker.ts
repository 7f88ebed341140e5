import { createHash } from "node:crypto";
import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type Engine, ifThere, statusOf } from "../engine";
import { tarOf } from "../machines/seed";
import { nameIn, type Slot } from "../slot";
import { configuration, markName, markOf, zoneFiles, zonesFolder } from "./configuration";
import type { NameServer, Zone } from "./names";

const setupLabel = "slipway.dns";

/** Milliseconds the server has to take its zones, and after which it is told once more. */
const limit = 10_000;
const patience = 500;

/** Makes sure that the name server runs, as set up now. The zones it was given last outlive its container. */
export async function ensureNames(engine: Engine, slot: Slot, image: string): Promise<void> {
  const files = { "etc/sandbox/named.conf": configuration };
  const setup = createHash("sha256")
    .update(JSON.stringify([image, files]))
    .digest("hex");
  const name = nameIn(slot, "dns");
  const container = engine.docker.getContainer(name);
  const found = await ifThere(container.inspect());
  if (found?.Config.Labels[setupLabel] !== setup || found.State.Status === "created") {
    await ifThere(container.remove({ force: true }));
    await engine.docker.createVolume({ Name: name, Labels: { ...slot.label } });
    const made = await engine.docker.createContainer({
      name,
      Image: image,
      Labels: { ...slot.label, [setupLabel]: setup },
      HostConfig: {
        NetworkMode: slot.network.name,
        Memory: 96 * 1024 * 1024,
        CapDrop: ["ALL"],
        CapAdd: ["NET_BIND_SERVICE"],
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
        Mounts: [{ Type: "volume", Source: name, Target: zonesFolder }],
      },
      NetworkingConfig: { EndpointsConfig: { [slot.network.name]: { IPAMConfig: { IPv4Address: slot.dns.address } } } },
    });
    await made.putArchive(await tarOf(files), { path: "/" });
  }
  await engine.docker
    .getContainer(name)
    .start()
    .catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
}

/** The slot's name server, see {@link ensureNames}. Call one at a time. */
export class DockerNames implements NameServer {
  readonly #engine: Engine;
  readonly #slot: Slot;
  #last: string | undefined;

  constructor(engine: Engine, slot: Slot) {
    this.#engine = engine;
    this.#slot = slot;
  }

  async serve(zones: readonly Zone[]): Promise<void> {
    const mark = markOf(zones);
    if (mark === this.#last) return;
    this.#last = undefined;
    const container = this.#engine.docker.getContainer(nameIn(this.#slot, "dns"));
    // The server reads anew what is younger than its last reading, and the times in an archive are whole seconds.
    const tomorrow = new Date(Date.now() + 24 * 3600 * 1000);
    await container.putArchive(await tarOf(zoneFiles(zones), tomorrow), { path: "/" });
    const resolver = new Resolver({ timeout: patience, tries: 1 });
    resolver.setServers([this.#slot.dns.address]);
    const taken = async () => {
      const texts = await resolver.resolveTxt(markName).catch(() => []);
      return texts.some((strings) => strings.join("") === mark);
    };
    for (const end = Date.now() + limit; Date.now() < end; ) {
      // A server that has just started does not hear it yet.
      await container.kill({ signal: "SIGHUP" });
      for (const again = Date.now() + patience; Date.now() < again; await sleep(20)) {
        if (await taken()) {
          this.#last = mark;
          return;
        }
      }
    }
    throw new Error(
      `the name server did not take its zones within ${limit / 1000} s: docker logs ${nameIn(this.#slot, "dns")}`,
    );
  }
}
