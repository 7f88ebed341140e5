import { expect, test } from "vitest";
import { inMaintenance, maintenancePage, setMaintenance } from "./maintenance";
import { MemoryHost } from "./memory";

const page = "/var/lib/slipway/maintenance/shop/page.html";

function hostWith(app: string): MemoryHost {
  const host = new MemoryHost();
  host.texts.set(`/var/lib/slipway/apps/${app}/live.json`, { text: "{}", mode: 0o644 });
  return host;
}

test("a file that everyone may read closes the app, and no other; without it the app is open", async () => {
  const host = hostWith("shop");
  expect(await inMaintenance(host, "shop")).toBe(false);
  await setMaintenance(host, "shop", true);
  expect(host.texts.get(page)?.mode).toBe(0o644);
  expect(await inMaintenance(host, "shop")).toBe(true);
  expect(await inMaintenance(host, "blog")).toBe(false);
  await setMaintenance(host, "shop", false);
  await setMaintenance(host, "shop", false);
  expect(host.texts.has(page)).toBe(false);
  expect(host.effects.filter((effect) => effect.startsWith("edge") || effect.startsWith("docker"))).toEqual([]);
});

test("the message is text, never markup", async () => {
  const host = hostWith("shop");
  await setMaintenance(host, "shop", true, `Back at 5 & "sharp" <script>`);
  expect(host.texts.get(page)?.text).toBe(maintenancePage(`Back at 5 & "sharp" <script>`));
  expect(host.texts.get(page)?.text).toContain("<p>Back at 5 &amp; &quot;sharp&quot; &lt;script&gt;</p>");
});

test("an app that the host doesn't have can't be closed", async () => {
  const host = hostWith("shop");
  await expect(setMaintenance(host, "blog", true)).rejects.toThrow("there is no app blog on this host; it has: shop");
  expect(host.effects.some((effect) => effect.startsWith("files.write"))).toBe(false);
});
