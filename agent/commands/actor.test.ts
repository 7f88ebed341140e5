import { expect, test } from "vitest";
import { actorOf } from "./actor";

test.each([
  [{}, "root"],
  [{ SUDO_USER: "" }, "root"],
  [{ SUDO_USER: "deploy" }, "deploy"],
  [{ SUDO_USER: "deploy", SLIPWAY_ACTOR: "alice" }, "alice"],
  [{ SUDO_USER: "deploy", SLIPWAY_ACTOR: " \n" }, "root"],
  [{ SLIPWAY_ACTOR: "alice\nresult: live" }, "alice result: live"],
])("%j is %s", (env, actor) => {
  expect(actorOf(env)).toBe(actor);
});
