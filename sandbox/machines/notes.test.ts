import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { networkScript } from "./docker";
import { Notes } from "./notes";

describe("Notes", () => {
  it("are kept for the next who asks, and forgotten once", async () => {
    const folder = join(await mkdtemp(join(tmpdir(), "notes-")), "machines");
    const note = { firewall: { inbound: [], outbound: [] }, extraAddresses: ["10.213.0.200"] };
    await new Notes(folder).write("droplet-1", note);
    expect(await new Notes(folder).read("droplet-1")).toEqual(note);
    await new Notes(folder).forget("droplet-1");
    await new Notes(folder).forget("droplet-1");
    expect(await new Notes(folder).read("droplet-1")).toEqual({ extraAddresses: [] });
  });

  it("that are not whole are refused: a machine must not come up without its firewall", async () => {
    const folder = await mkdtemp(join(tmpdir(), "notes-"));
    await writeFile(join(folder, "droplet-1.json"), '{"firewall":');
    await expect(new Notes(folder).read("droplet-1")).rejects.toThrow(`${folder}/droplet-1.json cannot be read`);
  });
});

describe("networkScript", () => {
  it("puts the firewall in place before any address, and takes old addresses away", () => {
    expect(networkScript({ extraAddresses: ["10.213.0.200", "10.213.0.201"] })).toBe(`nft -f - <<'RULES'
add table inet sandbox_cloud
delete table inet sandbox_cloud
RULES
ip address flush dev eth0 label eth0:cloud
ip address add 10.213.0.200/32 dev eth0 label eth0:cloud
ip address add 10.213.0.201/32 dev eth0 label eth0:cloud`);
  });
});
