import { expect, test } from "vitest";
import { Failure } from "./failure";
import { keepLogin, readLogin } from "./login";
import { MemoryHost } from "./memory";
import { appPaths } from "./paths";

const path = appPaths("shop").login;
const registry = { server: "registry.test", username: "u", password: "registry-password" };
const delivery = { every: 60 };

const followed = { app: "shop", processes: { web: { image: "registry.test/shop:main", compose: {}, replicas: 1 } } };
const settled = {
  app: "shop",
  processes: { web: { image: `registry.test/shop@sha256:${"a".repeat(64)}`, compose: {}, replicas: 1 } },
};

test("is kept for root alone, and only where tags are followed", async () => {
  const host = new MemoryHost();
  await keepLogin(host, { ...settled, registry });
  expect(host.texts.has(path)).toBe(false);
  await keepLogin(host, { ...followed, registry, delivery });
  expect(host.texts.get(path)?.mode).toBe(0o600);
  expect(await readLogin(host, "shop")).toEqual(registry);
  await keepLogin(host, { ...settled, registry });
  expect(await readLogin(host, "shop")).toBeUndefined();
});

test("is left as it is by releases that bring images of their own, with a login for them alone or none", async () => {
  const host = new MemoryHost();
  await keepLogin(host, { ...followed, registry, delivery });
  await keepLogin(host, { ...settled, delivery });
  await keepLogin(host, { ...settled, delivery, registry: { ...registry, password: "of CI's one run" } });
  expect(await readLogin(host, "shop")).toEqual(registry);
});

test("is refused without a word of it where the file was damaged", async () => {
  const host = new MemoryHost();
  host.texts.set(path, { text: '{"password":"registry-password"', mode: 0o600 });
  const message = `${path} holds no login; the next release by the stack writes it anew`;
  await expect(readLogin(host, "shop")).rejects.toThrow(new Failure(message));
});
