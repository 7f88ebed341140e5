import { expect, it } from "vitest";
import { lockIn } from "../stack/pulumiStack";
import { undoings } from "./undo";

const secret = (value: unknown) => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: JSON.stringify(value),
});
const connection = { host: "203.0.113.7", user: "deploy", privateKey: secret("KEY"), hostKey: "ssh-ed25519 AAAA" };
const operation = (type: string, inputs: object, of = "command:remote:Command") => ({
  type,
  resource: { urn: "u", type: of, inputs },
});
const exported = (...operations: object[]) => ({ version: 3, deployment: { pending_operations: operations } });

it("undoes what was being made, by its own command, and nothing else", () => {
  const role = { connection, create: "make", delete: "drop", stdin: secret("SQL") };
  expect(
    undoings(
      exported(
        operation("creating", role),
        operation("deleting", role),
        operation("creating", { connection, create: "run" }),
        operation("creating", { name: "x" }, "digitalocean:index/droplet:Droplet"),
      ),
    ),
  ).toEqual([
    {
      delete: "drop",
      stdin: "SQL",
      connection: { host: "203.0.113.7", port: 22, user: "deploy", privateKey: "KEY", hostKey: "ssh-ed25519 AAAA" },
    },
  ]);
  const hidden = secret({ ...connection, privateKey: "KEY", port: 2222 });
  expect(undoings(exported(operation("creating", { ...role, connection: hidden })))[0]?.connection.port).toBe(2222);
  expect(undoings({ version: 3, deployment: {} })).toEqual([]);
});

it("knows a lock by what Pulumi says, and whether its holder can still be there", () => {
  const text =
    "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
    "  file:///state/.pulumi/locks/x.json: created by root@vm (pid 28441) at 2026-01-05T12:00:00Z\n";
  const holder = lockIn(text) ?? "";
  expect(holder).toBe("root@vm (pid 28441) at 2026-01-05T12:00:00Z");
  expect(lockIn("error: [409] Conflict: Another update is currently in progress.")).toBe("Pulumi Cloud shows whose");
  expect(lockIn("error: no stack named 'pr-7' found")).toBeUndefined();
});
