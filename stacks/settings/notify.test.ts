import { describe, expect, it } from "vitest";
import { KINDS } from "../../agent/notify/order";
import { fromZod } from "./mistakes";
import { Notify, resolveNotify } from "./notify";

const hook = "https://hooks.example.com/services/T0/B0/abcdef";
const resolve = (section: unknown, secrets: Readonly<Record<string, string>> = {}) => {
  const asked: string[] = [];
  const secret = (key: string) => {
    asked.push(key);
    return secrets[key];
  };
  return { ...resolveNotify(Notify.parse(section), { path: "slipway:notify", secret }), asked };
};
const mistakes = (...args: Parameters<typeof resolve>) =>
  resolve(...args).mistakes.map(({ path, what }) => `${path}: ${what}`);
const email = { to: ["ops@example.com"], from: "Slipway <slipway@example.com>", server: "smtp.example.com" };

describe("who is told", () => {
  it("of everything by a webhook", () => {
    expect(resolve({ slack: "config" }, { "notify.webhook": hook })).toEqual({
      notify: { on: [...KINDS], disk: 10, slack: { webhook: hook } },
      mistakes: [],
      asked: ["notify.webhook"],
    });
  });

  it("of some of it by mail, over TLS unless the server takes none", () => {
    const asked = { email, on: ["disk", "failure"], disk: 20, snapshotDays: 7 };
    const plain = { to: email.to, from: email.from, server: "smtp.example.com" };
    expect(resolve(asked)).toEqual({
      notify: {
        on: ["failure", "disk"],
        disk: 20,
        snapshotDays: 7,
        email: { ...plain, port: 587, security: "starttls" },
      },
      mistakes: [],
      asked: [],
    });
    const at = (more: object) =>
      resolve({ email: { ...email, ...more } }, { "notify.smtpPassword": "pw" }).notify?.email;
    expect(at({ server: "smtp.example.com:465" })).toEqual({ ...plain, port: 465, security: "tls" });
    expect(at({ server: "10.0.0.5:25", security: "none" })).toMatchObject({ port: 25, security: "none" });
    expect(at({ username: "robot" })).toEqual({
      ...plain,
      port: 587,
      security: "starttls",
      login: { username: "robot", password: "pw" },
    });
  });

  it("of nothing, and no secret is asked for", () => {
    expect(resolve({ slack: "config", on: [] })).toEqual({ mistakes: [], asked: [] });
  });
});

describe("mistakes", () => {
  it("a section without a way, a way in clear", () => {
    expect(mistakes({ on: ["failure"] })).toEqual(["slipway:notify: names no way to tell anybody"]);
    expect(mistakes({ email: { ...email, username: "robot", security: "none" } })).toEqual([
      "slipway:notify.email.security: the password would go over the network in clear",
    ]);
    expect(mistakes({ email: { ...email, server: "smtp.example.com:70000" } })).toEqual([
      'slipway:notify.email.server: "smtp.example.com:70000" has no port that can be',
    ]);
  });

  it("webhooks, without showing them", () => {
    const found = (webhook: string) => mistakes({ slack: "config" }, { "notify.webhook": webhook });
    expect(found("abcdef")).toEqual(["slipway:notify.webhook: is no URL (6 characters)"]);
    expect(found("ftp://example.com/abcdef")).toEqual(["slipway:notify.webhook: ftp: is no way to post"]);
    expect(found("http://example.com/abcdef")).toEqual(["slipway:notify.webhook: would go over the network in clear"]);
    for (const url of [hook, "http://10.0.0.5:8065/hooks/x", "http://[::1]/x", "http://localhost/x"])
      expect(found(url)).toEqual([]);
  });

  it("of form, each where it stands", () => {
    const section = { slack: "https://x", email: { ...email, to: ["ops"], server: "https://smtp" }, on: ["deploys"] };
    const { error } = Notify.safeParse(section);
    expect(error && fromZod("slipway:notify", section, error).map(({ path }) => path)).toEqual([
      "slipway:notify.slack",
      "slipway:notify.email.to[0]",
      "slipway:notify.email.server",
      "slipway:notify.on[0]",
    ]);
  });
});
