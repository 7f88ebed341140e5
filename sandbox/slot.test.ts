import { describe, expect, it } from "vitest";
import { nameIn, slotOf } from "./slot";

describe("slotOf", () => {
  it("is slot 0 in the user's cache where nothing is said", () => {
    const slot = slotOf({});
    expect(slot.number).toBe(0);
    expect(slot.api).toEqual({ host: "127.0.0.1", port: 8480, url: "http://127.0.0.1:8480" });
    expect(slot.folder).toMatch(/\/\.cache\/slipway\/sandbox\/0$/);
  });

  it("gives each slot its own ports, addresses, names and folder", () => {
    expect(slotOf({ SLIPWAY_SANDBOX_SLOT: "7", SLIPWAY_CACHE: "/var/cache/s" })).toEqual({
      number: 7,
      api: { host: "127.0.0.1", port: 8550, url: "http://127.0.0.1:8550" },
      forwardPorts: [8551, 8552, 8553, 8554, 8555, 8556, 8557, 8558, 8559],
      network: { name: "slipway-sandbox-7", subnet: "10.213.7.0/24", gateway: "10.213.7.1" },
      registry: { address: "10.213.7.2", server: "10.213.7.2:5000" },
      dns: { address: "10.213.7.3" },
      acme: {
        address: "10.213.7.4",
        directory: "https://10.213.7.4:14000/dir",
        folder: "/var/cache/s/sandbox/7/acme",
        root: "/var/cache/s/sandbox/7/acme/ca.crt",
        issuers: "/var/cache/s/sandbox/7/acme/issuers.pem",
      },
      objects: { port: 8807, url: "http://127.0.0.1:8807", folder: "/var/cache/s/sandbox/7/objects" },
      label: { "slipway.sandbox": "7" },
      folder: "/var/cache/s/sandbox/7",
      shared: "/var/cache/s/sandbox",
    });
  });

  it.each(["", "32", "07", "-1", "a", " 1"])("refuses %j and says what is allowed", (text) => {
    expect(() => slotOf({ SLIPWAY_SANDBOX_SLOT: text })).toThrow(
      `SLIPWAY_SANDBOX_SLOT is ${JSON.stringify(text)}; allowed is a number, 0 to 31`,
    );
  });
});

describe("nameIn", () => {
  it("carries the slot", () => {
    expect(nameIn(slotOf({ SLIPWAY_SANDBOX_SLOT: "3" }), "droplet-1")).toBe("slipway-3-droplet-1");
  });
});
