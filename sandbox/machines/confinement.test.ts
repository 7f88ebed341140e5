import { describe, expect, it } from "vitest";
import { hostConfigOf } from "./confinement";

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
