import { describe, expect, it } from "vitest";
import { Host } from "./host";
import { fromZod } from "./mistakes";

const droplet = { provider: "digitalocean", region: "fra1", size: "s-1vcpu-2gb", sshFrom: ["203.0.113.0/24"] };

/** Lines of the mistakes in a section. */
function mistakesOf(section: unknown): string[] {
  const parsed = Host.safeParse(section);
  return parsed.success ? [] : fromZod("host", section, parsed.error).map(({ path, what }) => `${path}: ${what}`);
}

describe("the machine of a stack", () => {
  it("is read by its provider's shape", () => {
    expect(Host.parse(droplet)).toEqual({ ...droplet, image: "debian-13-x64", protect: false });
  });

  it("on Linode takes any region and type of Linode's form, and refuses those of another cloud", () => {
    const linode = { provider: "linode", region: "eu-central", size: "g6-standard-1", sshFrom: ["203.0.113.0/24"] };
    expect(Host.parse(linode)).toEqual({ ...linode, image: "linode/debian13", protect: false });
    for (const region of ["us-east", "de-fra-2", "jp-tyo-3"]) expect(mistakesOf({ ...linode, region })).toEqual([]);
    for (const size of ["g6-nanode-1", "g7-premium-2", "g1-gpu-rtx6000-1", "g2-gpu-rtx4000a1-s"]) {
      expect(mistakesOf({ ...linode, size })).toEqual([]);
    }
    expect(mistakesOf({ ...linode, region: "fra1", size: "s-1vcpu-2gb", image: "debian-13-x64" })).toEqual([
      'host.region: "fra1" is not allowed',
      'host.size: "s-1vcpu-2gb" is not allowed',
      'host.image: "debian-13-x64" is not allowed',
    ]);
    expect(mistakesOf({ ...linode, size: "g6-standard-3" })).toEqual(['host.size: "g6-standard-3" is not allowed']);
    expect(mistakesOf({ ...linode, provider: "linod", size: "2 GB" })).toEqual([
      'host.provider: "linod" is not allowed',
      'host.size: "2 GB" is not allowed',
    ]);
  });

  it("may have a data volume, of a size that every cloud sells", () => {
    expect(Host.parse({ ...droplet, volume: { size: 20 } })).toMatchObject({ volume: { size: 20 } });
    expect(mistakesOf({ ...droplet, volume: { size: 5, name: "x" } })).toEqual([
      "host.volume.size: 5 is not allowed",
      "host.volume.name: unknown key",
    ]);
  });

  it("with a provider that is misspelt is held to the one that was meant", () => {
    expect(mistakesOf({ ...droplet, provider: "digitalocaen", region: "fra9", colour: "red" })).toEqual([
      'host.provider: "digitalocaen" is not allowed',
      'host.region: "fra9" is not allowed',
      "host.colour: unknown key",
    ]);
  });

  it("with a provider that is unknown or missing is held to what every machine has", () => {
    expect(mistakesOf({ ...droplet, provider: "heroku", sshFrom: [] })).toEqual([
      'host.provider: "heroku" is not allowed',
      "host.sshFrom: [] is not allowed",
    ]);
    expect(mistakesOf({ sshFrom: ["everywhere"] })).toEqual([
      "host.provider: missing",
      'host.sshFrom[0]: "everywhere" is not allowed',
    ]);
    expect(mistakesOf("linode")).toEqual(['host: "linode" has the wrong type']);
  });
});
