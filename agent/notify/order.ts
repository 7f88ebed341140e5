/**
 * Who is told what of a stack's apps and of the machine they are on: the part of a stack's settings that its host keeps, secrets in clear
 * in a file that root alone reads. The stack writes it, the engine reads it; like the manifest, both sides share it.
 */
import * as z from "zod";

/** What there is to tell. */
export const KINDS = ["release", "failure", "certificate", "disk", "health", "snapshot"] as const;
/** @see KINDS */
export type Kind = (typeof KINDS)[number];

/** How a mail server is spoken to: TLS from the first byte, TLS after a word in clear (and nothing without it), or in clear. */
export const SECURITY = ["tls", "starttls", "none"] as const;

const Slack = z.strictObject({
  /** Address that takes `{"text": …}`; whoever knows it may write there. */
  webhook: z.url(),
});

const Email = z.strictObject({
  to: z.array(z.string()).min(1),
  from: z.string(),
  server: z.string(),
  port: z.number().int(),
  security: z.enum(SECURITY),
  login: z.strictObject({ username: z.string(), password: z.string() }).optional(),
});

/** See the file's head. */
export const Order = z.strictObject({
  version: z.literal(1),
  /** `PROJECT/STACK`, whose apps it is about. */
  stack: z.string(),
  /** Whether the machine is this stack's, too, so that it is told of what belongs to no single app. */
  machine: z.boolean(),
  on: z.array(z.enum(KINDS)),
  slack: Slack.optional(),
  email: Email.optional(),
  /** Percent of the disk that are to be free. */
  disk: z.number(),
  /** Days that the newest snapshot of a database may be old; any age where left out. */
  snapshotDays: z.number().optional(),
});
/** @see Order */
export type Order = z.infer<typeof Order>;

/** A way to tell. */
export type Channel = "slack" | "email";

/** The ways that an order has. */
export function channelsOf({ slack, email }: Pick<Order, "slack" | "email">): readonly Channel[] {
  return [...(slack ? (["slack"] as const) : []), ...(email ? (["email"] as const) : [])];
}

/** What of an order must not be seen. */
export function secretsOf({ slack, email }: Order): readonly string[] {
  return [...(slack ? [slack.webhook] : []), ...(email?.login ? [email.login.password] : [])];
}
