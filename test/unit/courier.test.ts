/** Messages on their way to real servers. */
import { execa } from "execa";
import { afterEach, describe, expect, it } from "vitest";
import { sendMessage } from "../../agent/linux/courier";
import type { Message } from "../../agent/notify/message";
import type { Order } from "../../agent/notify/order";
import { MailServer, WebhookReceiver } from "../support/receivers";

const message: Message = {
  mood: "bad",
  title: "notes: release 8 failed at «health»",
  lines: ["web: <no answer> & no hope", "https://ci.test/7"],
};
const order = (more: Partial<Order>): Order => ({
  version: 1,
  stack: "slipway/prod",
  machine: true,
  on: ["failure"],
  disk: 10,
  ...more,
});
const email = (port: number, more: Partial<NonNullable<Order["email"]>> = {}) =>
  order({
    email: {
      to: ["ops@example.com", "ana@example.com"],
      from: "slipway@example.com",
      server: "localhost",
      port,
      security: "none",
      ...more,
    },
  });

const servers: { end(): Promise<void> }[] = [];
const kept = <Server extends { end(): Promise<void> }>(server: Server): Server => {
  servers.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.end()));
});

describe("a webhook", () => {
  const to = (port: number) => order({ slack: { webhook: `http://127.0.0.1:${port}/services/T0/B0/abcdef` } });

  it("gets one text, marks in it disarmed", async () => {
    const receiver = kept(await WebhookReceiver.start());
    await sendMessage(to(receiver.port), "slack", message, "host-1");
    expect(receiver.texts).toEqual([
      "❌ *notes: release 8 failed at «health»* (slipway/prod)\nweb: &lt;no answer&gt; &amp; no hope\nhttps://ci.test/7",
    ]);
  });

  it("that refuses is quoted, and nothing is led elsewhere", async () => {
    const receiver = kept(await WebhookReceiver.start());
    receiver.answer = { status: 404, body: "no_service" };
    await expect(sendMessage(to(receiver.port), "slack", message, "host-1")).rejects.toThrow(
      "the webhook answered 404: no_service",
    );
    receiver.answer = { status: 302, body: "" };
    await expect(sendMessage(to(receiver.port), "slack", message, "host-1")).rejects.toThrow(
      "the webhook answered 302",
    );
  });

  it("that isn't there is told so, without its address", async () => {
    const receiver = await WebhookReceiver.start();
    const { port } = receiver;
    await receiver.end();
    const failure = await sendMessage(to(port), "slack", message, "host-1").catch((error: Error) => error.message);
    expect(failure).toMatch(/^the webhook can't be reached: .*ECONNREFUSED/);
    expect(failure).not.toContain("abcdef");
  });
});

describe("a mail server", () => {
  it("gets one mail for all, in words that arrive as they were", async () => {
    const server = kept(await MailServer.start());
    await sendMessage(email(server.port), "email", message, "host-1");
    expect(server.mails).toMatchObject([
      { from: "slipway@example.com", to: ["ops@example.com", "ana@example.com"], isPrivate: false },
    ]);
    const data = server.mails[0]?.data ?? "";
    expect(data).toContain("From: slipway@example.com\r\nTo: ops@example.com, ana@example.com\r\n");
    expect(decoded(/^Subject: (.*(?:\r\n .*)*)/m.exec(data)?.[1] ?? "")).toBe(
      "[slipway/prod] notes: release 8 failed at «health»",
    );
    expect(bodyOf(data)).toContain("web: <no answer> & no hope\nhttps://ci.test/7\n");
    expect(bodyOf(data)).toContain("-- \nSlipway, stack slipway/prod on host-1.");
  });

  it("is given the password over TLS that was checked, and never else", async () => {
    const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2"];
    const { stdout } = await execa("openssl", [
      ...args,
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      "-",
      "-out",
      "-",
    ]);
    const [key = "", cert = ""] = ["PRIVATE KEY", "CERTIFICATE"].map(
      (kind) => new RegExp(`-----BEGIN ${kind}-----[^-]+-----END ${kind}-----`).exec(stdout)?.[0],
    );
    const login = { username: "robot", password: "p4ssw0rd" };
    const server = kept(await MailServer.start({ tls: { key, cert }, login }));
    const asked = email(server.port, { security: "starttls", login });
    await sendMessage(asked, "email", message, "host-1", cert);
    expect(server.mails).toMatchObject([{ isPrivate: true, login: "robot" }]);
    await expect(sendMessage(asked, "email", message, "host-1")).rejects.toThrow("self-signed certificate");

    const open = kept(await MailServer.start({ login }));
    await expect(
      sendMessage(email(open.port, { security: "starttls", login }), "email", message, "host-1", cert),
    ).rejects.toThrow(/the mail server localhost:\d+: .*STARTTLS/);
    const wrong = email(server.port, { security: "starttls", login: { ...login, password: "guess" } });
    await expect(sendMessage(wrong, "email", message, "host-1", cert)).rejects.toThrow("535");
    expect(server.mails.length).toBe(1);
  });

  it("that refuses is quoted", async () => {
    const server = kept(await MailServer.start());
    server.refusal = "554 5.7.1 your address is on a list";
    await expect(sendMessage(email(server.port), "email", message, "host-1")).rejects.toThrow(
      "your address is on a list",
    );
  });
});

/** Words of a header as RFC 2047 writes them. */
function decoded(header: string): string {
  return header
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?UTF-8\?(Q|B)\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toUpperCase() === "B" ? Buffer.from(text, "base64").toString() : unquoted(text.replaceAll("_", " ")),
    );
}

function bodyOf(data: string): string {
  const [head = "", ...body] = data.split("\r\n\r\n");
  const text = body.join("\r\n\r\n");
  const plain = /base64/i.test(head)
    ? Buffer.from(text, "base64").toString()
    : /quoted-printable/i.test(head)
      ? unquoted(text.replace(/=\r\n/g, ""))
      : text;
  return plain.replaceAll("\r\n", "\n");
}

function unquoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(bytes, "latin1").toString();
}
