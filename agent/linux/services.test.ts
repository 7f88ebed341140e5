import { expect, it } from "vitest";
import { statesIn } from "./services";

it("reads what systemd says of units, in their order, whatever it says first", () => {
  const text = [
    "ConditionResult=yes\nId=caddy.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled",
    "ConditionResult=no\nId=chrony.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=",
    "LoadState=masked\nActiveState=inactive\nUnitFileState=masked-runtime\nConditionResult=yes\nId=ssh.service",
  ].join("\n\n");
  expect(statesIn(`${text}\n`, ["caddy.service", "chrony.service", "ssh.service", "gone.service"])).toEqual([
    { load: "loaded", active: "active", file: "enabled", condition: true },
    { load: "not-found", active: "inactive", file: "", condition: false },
    { load: "masked", active: "inactive", file: "masked-runtime", condition: true },
    { load: "not-found", active: "inactive", file: "", condition: true },
  ]);
});
