import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { describe, expect, it } from "vitest";
import { seedFiles, tarOf } from "./seed";

const order = {
  id: "droplet-1",
  hostname: "box",
  image: "golden" as const,
  address: "10.213.0.10",
  memory: 1024,
  vcpus: 1,
  sshKeys: ['ssh-ed25519 AAAA ann@"home"'],
};

describe("seedFiles", () => {
  it("is a NoCloud seed, name servers and trust", () => {
    expect(
      seedFiles({
        order: { ...order, userData: "#!/bin/sh\ntrue\n" },
        nameservers: ["192.0.2.53", "192.0.2.54"],
        registries: [{ server: "10.213.0.2:5000", ca: "PEM" }],
      }),
    ).toEqual({
      "var/lib/cloud/seed/nocloud/meta-data":
        '{"instance-id":"droplet-1","local-hostname":"box","public-keys":["ssh-ed25519 AAAA ann@\\"home\\""]}\n',
      "var/lib/cloud/seed/nocloud/user-data": "#!/bin/sh\ntrue\n",
      "etc/sandbox/resolv.conf": "nameserver 192.0.2.53\nnameserver 192.0.2.54\n",
      "etc/docker/certs.d/10.213.0.2:5000/ca.crt": "PEM",
    });
  });

  it("has empty user data where there is none, which NoCloud insists on", () => {
    const files = seedFiles({ order, nameservers: [], registries: [] });
    expect(files["var/lib/cloud/seed/nocloud/user-data"]).toBe("#cloud-config\n{}\n");
  });

  it("has what the cloud itself wants done only where there is such", () => {
    const files = seedFiles({
      order: { ...order, vendorData: "#cloud-config\n{}\n" },
      nameservers: [],
      registries: [],
    });
    expect(files["var/lib/cloud/seed/nocloud/vendor-data"]).toBe("#cloud-config\n{}\n");
    const none = seedFiles({ order, nameservers: [], registries: [] });
    expect(Object.keys(none)).not.toContain("var/lib/cloud/seed/nocloud/vendor-data");
  });
});

describe("tarOf", () => {
  it("keeps the seed to root, since user data may hold secrets", async () => {
    const archive = await tarOf({ "var/lib/cloud/seed/nocloud/user-data": "secret", "etc/x": "y" });
    const seen: unknown[] = [];
    for await (const entry of Readable.from([archive]).pipe(extract())) {
      seen.push([entry.header.name, entry.header.mode, entry.header.uid]);
      entry.resume();
    }
    expect(seen).toEqual([
      ["var/lib/cloud/seed/nocloud/user-data", 0o600, 0],
      ["etc/x", 0o644, 0],
    ]);
  });
});
