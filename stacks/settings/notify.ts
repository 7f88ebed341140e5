/** `slipway:notify` as it stands in a stack's file: who is told of releases and troubles, by which ways. */
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { KINDS, type Order, SECURITY } from "../../agent/notify/order";
import { type Mistake, show } from "./mistakes";

const ADDRESS = /^([^<>\r\n"]+ <)?[^\s<>@,;]+@[^\s<>@,;]+\.[^\s<>@,;]+>?$/;
const Address = z
  .string()
  .refine((text) => ADDRESS.test(text) && text.includes("<") === text.endsWith(">"), "an address, ops@example.com");

/** Where mail is handed in by those who have a login there. */
const SUBMISSION = 587;
/** The same with TLS from the first byte. */
const SUBMISSION_TLS = 465;

/** @see the file's head */
export const Notify = z.strictObject({
  /** `config`: the address of a webhook that speaks like Slack's is the secret `slipway:notify.webhook`. */
  slack: z.literal("config").optional(),
  email: z
    .strictObject({
      to: z.array(Address).min(1, "at least one address"),
      from: Address,
      /** `HOST` or `HOST:PORT`. @default port 587 */
      server: z
        .string()
        .regex(/^[A-Za-z0-9.-]+(:\d{1,5})?$/, "a host name with an optional port, smtp.example.com:587"),
      /** With one, the password is the secret `slipway:notify.smtpPassword`. */
      username: z.string().min(1).optional(),
      /** @default tls on port 465, else starttls */
      security: z.enum(SECURITY).optional(),
    })
    .optional(),
  /** What is told; nothing and nobody where empty. @default all of it */
  on: z.array(z.enum(KINDS)).default([...KINDS]),
  /** Percent of the disk that are to be free. */
  disk: z.number().min(1).max(99).default(10),
  /** Days that the newest snapshot of a database may be old. @default any age */
  snapshotDays: z.number().min(1).max(365).optional(),
});

/** What is told, and by which ways; secrets stand in it in clear. */
export type NotifySettings = Omit<Order, "version" | "stack" | "machine">;

/** What a section is resolved with. */
export interface NotifyContext {
  /** Where it stands. */
  readonly path: string;
  /** The value of a secret, or a mistake that it makes known by itself. */
  readonly secret: (key: string, why: string) => string | undefined;
}

/** The section with its secrets; nothing where nobody is to be told of anything. */
export function resolveNotify(
  { slack, email, on, disk, snapshotDays }: z.output<typeof Notify>,
  { path, secret }: NotifyContext,
): { readonly notify?: NotifySettings; readonly mistakes: readonly Mistake[] } {
  if (on.length === 0) return { mistakes: [] };
  if (!slack && !email) {
    const mend = "add slack: config, or email: { to: [ops@example.com], from, server }; on: [] tells nobody";
    return { mistakes: [{ path, what: "names no way to tell anybody", mend }] };
  }
  const webhook = slack && secret("notify.webhook", `${path}.slack asks for it`);
  const password = email?.username && secret("notify.smtpPassword", `${path}.email.username logs in with it`);
  const mistakes = [
    ...(webhook === undefined ? [] : webhookMistakes(webhook)),
    ...(email ? emailMistakes(`${path}.email`, email) : []),
  ];
  if (mistakes.length > 0) return { mistakes };
  return {
    notify: {
      on: KINDS.filter((kind) => on.includes(kind)),
      disk,
      ...(snapshotDays === undefined ? {} : { snapshotDays }),
      ...(slack ? { slack: { webhook: webhook ?? "" } } : {}),
      ...(email ? { email: resolveEmail(email, password) } : {}),
    },
    mistakes,
  };
}

type EmailSection = NonNullable<z.output<typeof Notify>["email"]>;

function resolveEmail(email: EmailSection, password: string | undefined): NonNullable<NotifySettings["email"]> {
  const { to, from, username } = email;
  const { server, port } = serverOf(email);
  const security = email.security ?? (port === SUBMISSION_TLS ? "tls" : "starttls");
  return { to, from, server, port, security, ...(username ? { login: { username, password: password ?? "" } } : {}) };
}

function serverOf({ server }: EmailSection): { readonly server: string; readonly port: number } {
  const [name = "", port] = server.split(":");
  return { server: name, port: port === undefined ? SUBMISSION : Number(port) };
}

function emailMistakes(path: string, email: EmailSection): readonly Mistake[] {
  const { port } = serverOf(email);
  return [
    ...(port < 1 || port > 65_535
      ? [{ path: `${path}.server`, what: `${show(email.server)} has no port that can be`, allowed: "1 to 65535" }]
      : []),
    ...(email.username !== undefined && email.security === "none"
      ? [
          {
            path: `${path}.security`,
            what: "the password would go over the network in clear",
            allowed: "tls, starttls; none for a server that asks for no login",
          },
        ]
      : []),
  ];
}

/** Whoever knows the address may write there: it is never shown, and goes in clear through no public network. */
function webhookMistakes(webhook: string): readonly Mistake[] {
  const allowed = "an https URL, or an http one with an address of a private network";
  let url: URL;
  try {
    url = new URL(webhook);
  } catch {
    return [{ path: "slipway:notify.webhook", what: `is no URL (${webhook.length} characters)`, allowed }];
  }
  if (url.protocol === "https:" || (url.protocol === "http:" && isPrivate(url.hostname))) return [];
  const what = url.protocol === "http:" ? "would go over the network in clear" : `${url.protocol} is no way to post`;
  return [{ path: "slipway:notify.webhook", what, allowed }];
}

function isPrivate(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  return (
    host === "localhost" ||
    (ipaddr.isValid(address) && ["private", "loopback", "uniqueLocal"].includes(ipaddr.parse(address).range()))
  );
}
