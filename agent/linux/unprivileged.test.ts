import { expect, test } from "vitest";
import { idsIn, withoutRights } from "./unprivileged";

test("a user is found by its whole name, and is never root", () => {
  const passwd =
    "root:x:0:0:root:/root:/bin/bash\nslipway:x:900:901::/:/bin/false\nslipway-postgres:x:998:997::/nonexistent:/x\n";
  expect(idsIn(passwd, "slipway-postgres")).toEqual({ uid: 998, gid: 997 });
  expect(idsIn(passwd, "slipway")).toEqual({ uid: 900, gid: 901 });
  expect(idsIn(passwd, "root")).toBeUndefined();
  expect(idsIn(passwd, "postgres")).toBeUndefined();
});

test("a program is run with nothing of its starter's", () => {
  expect(withoutRights({ uid: 998, gid: 997 }, ["psql", "-c", "--reuid=0"])).toEqual([
    "setpriv",
    "--reuid=998",
    "--regid=997",
    "--clear-groups",
    "--inh-caps=-all",
    "--no-new-privs",
    "--",
    "psql",
    "-c",
    "--reuid=0",
  ]);
  expect(withoutRights(undefined, ["psql"])).toEqual(["psql"]);
});
