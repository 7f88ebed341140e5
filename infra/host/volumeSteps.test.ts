import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { noVolumeScript, volumeScript } from "./volumeSteps";

const script = volumeScript("/dev/disk/by-id/scsi-0DO_Volume_prod-data", 20);

it("is a script that bash reads whole, and so is the command it installs", () => {
  const installed = script.slice(script.indexOf("#!/bin/bash"), script.indexOf("\nesac\n") + 6);
  for (const text of [script, installed, noVolumeScript()]) {
    expect(spawnSync("bash", ["-n"], { input: text, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  }
});

it("formats only what is blank", () => {
  const blank = script.indexOf("cmp -s -n 1048576");
  expect(blank).toBeGreaterThan(script.indexOf("blkid -p"));
  expect(blank).toBeLessThan(script.indexOf("mkfs.ext4"));
  expect(script.match(/mkfs/g)).toHaveLength(1);
});

it("stops what writes before anything is copied or bound, and puts nothing aside that is not whole on the volume", () => {
  const steps = [
    "systemctl stop docker.socket docker",
    "cp -a ",
    "mv /mnt/slipway-data/$folder.new",
    'mv "$to" "$aside"',
  ];
  const places = steps.map((step) => script.indexOf(step));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
});

it("lets neither engine nor Postgres start without the volume", () => {
  expect(script).toContain("for service in docker.service postgresql@.service; do");
  expect(script).toContain("Requires=slipway-volume.service\nAfter=slipway-volume.service");
});
