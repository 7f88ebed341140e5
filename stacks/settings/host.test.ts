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
