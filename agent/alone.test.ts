import { beforeEach, expect, it } from "vitest";
import { expectAlone, tenants } from "./alone";
import { claim } from "./claim";
import { MemoryHost } from "./memory";

let host: MemoryHost;
beforeEach(() => {
  host = new MemoryHost();
});

it("lets a host go that has nobody's apps, or the stack's own and such without a mark", async () => {
  await expectAlone(host.files, "acme/main");
  await claim(host.files, "shop", "acme/main");
  await host.files.write("/var/lib/slipway/apps/old/ledger.jsonl", "", 0o644);
  await expectAlone(host.files, "acme/main");
});

it("names everyone who would lose something", async () => {
  await claim(host.files, "shop", "acme/main");
  await claim(host.files, "shop-pr-8", "acme/pr-8");
  await claim(host.files, "blog-pr-7", "acme/pr-7");
  await claim(host.files, "shop-pr-7", "acme/pr-7");
  await expect(expectAlone(host.files, "acme/main")).rejects.toThrow(
    "tenants, who would lose their apps and data with it: app blog-pr-7 of stack acme/pr-7, app shop-pr-7 of stack acme/pr-7, " +
      "app shop-pr-8 of stack acme/pr-8. Destroy acme/pr-7, acme/pr-8 first;",
  );
});

it("tells whose each app is, and nothing of one without a mark", async () => {
  await claim(host.files, "shop-pr-7", "acme/pr-7");
  await host.files.write("/var/lib/slipway/apps/old/ledger.jsonl", "", 0o644);
  expect(await tenants(host.files)).toEqual([{ app: "shop-pr-7", stack: "acme/pr-7" }]);
  await claim(host.files, "shop-pr-7", "acme/pr-7", "0123456789ab");
  await claim(host.files, "shop-pr-7", "acme/pr-7");
  expect(await tenants(host.files)).toEqual([{ app: "shop-pr-7", stack: "acme/pr-7", mark: "0123456789ab" }]);
});
