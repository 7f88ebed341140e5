import { expect, it } from "vitest";
import { UserError } from "../lib/userError";
import { gather } from "./gather";
import { app, host } from "./overview.examples";

const at = (address: string, port = 22) => ({ address, port, hostKey: "ssh-ed25519 AAAA", deployKey: "PRIVATE" });
const outputs: Readonly<Record<string, object>> = {
  prod: at("203.0.113.7"),
  "pr-7": at("203.0.113.7"),
  other: at("203.0.113.7", 2222),
  lost: at("203.0.113.8"),
  new: {},
};
const project = {
  siblings: async () => [...Object.keys(outputs), "sealed"].map((name) => ({ name })),
  pulumi: async (args: readonly string[]) => {
    const stack = args.at(-1) ?? "";
    expect(args).toEqual(["stack", "output", "--json", "--show-secrets", "--stack", stack]);
    if (stack === "sealed") throw new UserError("pulumi stack output: incorrect passphrase");
    return JSON.stringify(outputs[stack]);
  },
};

it("asks each machine once, however many stacks share it, and waits for none because of another", async () => {
  const report = host([app()]);
  const asked: string[] = [];
  const learnt = await gather(project, async (stack, { address, port }) => {
    asked.push(`${address}:${port}`);
    if (stack === "lost") throw new UserError("203.0.113.8 can't be reached on port 22");
    return report;
  });
  expect([...learnt].sort((a, b) => (a.stack < b.stack ? -1 : 1))).toEqual([
    { stack: "lost", unknown: "203.0.113.8 can't be reached on port 22" },
    { stack: "new" },
    { stack: "other", address: "203.0.113.7", report },
    { stack: "pr-7", address: "203.0.113.7", report },
    { stack: "prod", address: "203.0.113.7", report },
    { stack: "sealed", unknown: "pulumi stack output: incorrect passphrase" },
  ]);
  expect(asked.sort()).toEqual(["203.0.113.7:22", "203.0.113.7:2222", "203.0.113.8:22"]);
});

it("a bug stays one", async () => {
  await expect(gather(project, async () => Promise.reject(new TypeError("oops")))).rejects.toThrow("oops");
});
