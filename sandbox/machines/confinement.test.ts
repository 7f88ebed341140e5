import { describe, expect, it } from "vitest";
import { hostConfigOf, nameserversIn } from "./confinement";

describe("hostConfigOf", () => {
  it("is the plain word where the engine grants it", () => {
    expect(hostConfigOf("privileged")).toEqual({
      SecurityOpt: ["seccomp=unconfined", "apparmor=unconfined"],
      CgroupnsMode: "private",
      Privileged: true,
    });
  });

  it("names each capability elsewhere, without the one that such engines lack", () => {
    const { CapAdd: added = [], Privileged: privileged } = hostConfigOf("capabilities");
    expect(privileged).toBeUndefined();
    expect(added).toHaveLength(21);
    expect(added).toContain("SYS_ADMIN");
    expect(added).not.toContain("SYS_RESOURCE");
  });
});

describe("nameserversIn", () => {
  it("reads the addresses and nothing else", () => {
    const text =
      "# nameserver 192.0.2.1\nsearch example.org\nnameserver 192.0.2.53\n nameserver\t2001:db8::53 \noptions ndots:0\n";
    expect(nameserversIn(text)).toEqual(["192.0.2.53", "2001:db8::53"]);
    expect(nameserversIn("")).toEqual([]);
  });
});
