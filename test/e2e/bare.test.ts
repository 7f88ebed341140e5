/** A machine without any of the packages a host is made of: bootstrap installs them from Debian. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(2);

beforeAll(async () => {
  await stack.verb("down");
  await stack.verb("sandbox", ["start"]);
  await stack.control("PUT", "settings", { machineImage: "bare", transitions: { mode: "machine" } });
});
afterAll(() => stack.remove());

it("becomes a host that runs the app, and a second run changes nothing", async () => {
  const { url } = await stack.up();
  expect((await ask(url)).status).toBe(200);
  expect(await stack.onMachine("bash", "-c", "grep -c . /var/log/apt/history.log")).not.toBe("0");
  expect(
    await stack.onMachine("dpkg-query", "-W", "-f=${db:Status-Status} ", "docker.io", "caddy", "postgresql", "nodejs"),
  ).toBe("installed installed installed installed ");
  expect((await stack.up()).changes).toBe("0 changes");
});
