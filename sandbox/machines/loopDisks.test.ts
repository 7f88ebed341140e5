import { describe, expect, it } from "vitest";
import { attachScript, placeScript, pullScript } from "./loopDisks";

const disk = { id: "volume-1", size: 10, link: "scsi-0DO_Volume_data" };

describe("attachScript", () => {
  it("formats only what is new, and quotes what people may name", () => {
    const script = attachScript([
      { ...disk, fileSystem: "ext4", label: "it's" },
      { ...disk, id: "volume-2" },
    ]);
    expect(script.split("\n").slice(-5)).toEqual([
      "file '/disks/volume-1.img' 10 'ext4' 'it'\\''s'",
      "device '/disks/volume-1.img'",
      "file '/disks/volume-2.img' 10 '' ''",
      "device '/disks/volume-2.img'",
      "",
    ]);
  });
});

describe("placeScript", () => {
  it("names disks as udev would, and takes a name away that a disk no longer has", () => {
    const lines = placeScript([{ ...disk, minor: 8 }], ["scsi-0DO_Volume_data", "scsi-0DO_Volume_old"]).split("\n");
    expect(lines.slice(0, 4)).toEqual([
      "mkdir -p /dev/disk/by-id",
      "rm -f '/dev/disk/by-id/scsi-0DO_Volume_old'",
      "[ -b /dev/loop8 ] || mknod -m 0660 /dev/loop8 b 7 8",
      "ln -sfn ../../loop8 '/dev/disk/by-id/scsi-0DO_Volume_data'",
    ]);
  });
});

describe("pullScript", () => {
  it("names each disk", () => {
    expect(pullScript(["a", "b"])).toContain("for link in 'a' 'b'; do");
  });
});
