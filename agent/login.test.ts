import { expect, test } from "vitest";
import { Failure } from "./failure";
import { keepLogin, readLogin } from "./login";
import { MemoryHost } from "./memory";
import { appPaths } from "./paths";

const path = appPaths("shop").login;
const registry = { server: "registry.test", username: "u", password: "registry-password" };
const delivery = { every: 60 };

test("is kept for root alone, and only where tags are followed", async () => {
  const host = new MemoryHost();
  await keepLogin(host, { app: "shop", registry });
  expect(host.texts.has(path)).toBe(false);
  await keepLogin(host, { app: "shop", registry, delivery });
  expect(host.texts.get(path)?.mode).toBe(0o600);
  expect(await readLogin(host, "shop")).toEqual(registry);
  await keepLogin(host, { app: "shop", delivery });
  expect(await readLogin(host, "shop")).toEqual(registry);
  await keepLogin(host, { app: "shop", registry });
  expect(await readLogin(host, "shop")).toBeUndefined();
});

test("is refused without a word of it where the file was damaged", async () => {
  const host = new MemoryHost();
  host.texts.set(path, { text: '{"password":"registry-password"', mode: 0o600 });
  const message = `${path} holds no login; the next release by the stack writes it anew`;
  await expect(readLogin(host, "shop")).rejects.toThrow(new Failure(message));
});
