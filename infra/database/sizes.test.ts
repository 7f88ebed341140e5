import { expect, it } from "vitest";
import { type ManagedCloud, mistakeInSize } from "./sizes";

const key = (cloud: ManagedCloud, size: string, standby = 0) => mistakeInSize(cloud, { size, standby })?.key;

it("takes each cloud's own sizes, and of Linode's later generations whatever has the form", () => {
  for (const size of ["g6-nanode-1", "g6-standard-6", "g6-dedicated-2", "g7-premium-4", "g8-dedicated-3"])
    expect(key("linode", size), size).toBeUndefined();
  for (const size of ["db-s-1vcpu-1gb", "gd-2vcpu-8gb", "so1_5-2vcpu-16gb"])
    expect(key("digitalocean", size), size).toBeUndefined();
});

it("knows how many nodes a plan of Linode's can have", () => {
  expect([0, 1, 2].map((standby) => key("linode", "g6-standard-1", standby))).toEqual([
    undefined,
    "standby",
    undefined,
  ]);
  expect([0, 1, 2].map((standby) => key("linode", "g6-dedicated-2", standby))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

it("refuses a size of the other cloud, and names its twin", () => {
  expect(mistakeInSize("linode", { size: "db-s-4vcpu-8gb", standby: 0 })).toEqual({
    key: "size",
    what: '"db-s-4vcpu-8gb" is no size of a managed database of linode',
    allowed:
      "g6-nanode-1, g6-standard-1, g6-standard-2, g6-standard-4, g6-standard-6, g6-standard-8, g6-standard-16, … (docs/clouds.md)",
    mend: "size: g6-standard-4 has as much memory",
  });
  expect(mistakeInSize("digitalocean", { size: "g6-nanode-1", standby: 0 })?.mend).toBe(
    "size: db-s-1vcpu-1gb has as much memory",
  );
});

it("refuses a size that no list has", () => {
  for (const size of ["g6-standard-3", "g6-standrad-1", "g6-nanode-2", "s-1vcpu-1gb"])
    expect(key("linode", size), size).toBe("size");
});
