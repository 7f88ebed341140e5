/** Brings messages to people: by a webhook that speaks like Slack's, and by mail. */
import { Failure } from "../failure";
import { type Message, mailText, slackText } from "../notify/message";
import type { Channel, Order } from "../notify/order";

/** Milliseconds that a message may take. */
const LIMIT = 15_000;
/** Characters of an answer that are shown. */
const SHOWN = 200;

/**
 * Sends a message of an order by one of its ways.
 * @param name what the machine calls itself
 * @param trust PEM of a mail server's own authority, besides the well-known ones
 * @throws Failure if it was not taken, in the other side's words
 */
export async function sendMessage(
  order: Order,
  channel: Channel,
  message: Message,
  name: string,
  trust?: string,
): Promise<void> {
  if (channel === "slack" && order.slack) return post(order.slack.webhook, slackText(message, order.stack));
  if (channel === "email" && order.email) return mail(order.email, mailText(message, order.stack, name), trust);
}

async function post(webhook: string, text: string): Promise<void> {
  const asked = fetch(webhook, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
    // An address that moved is one that nobody has checked.
    redirect: "manual",
    signal: AbortSignal.timeout(LIMIT),
  });
  const answer = await asked.catch((thrown: Error & { cause?: { message?: string } }) => {
    throw new Failure(
      thrown.name === "TimeoutError"
        ? `the webhook gave no answer within ${LIMIT / 1000} s`
        : `the webhook can't be reached: ${thrown.cause?.message ?? thrown.message}`,
    );
  });
  if (answer.ok) {
    await answer.body?.cancel();
    return;
  }
  const body = await answer.text().catch(() => "");
  throw new Failure(`the webhook answered ${answer.status}: ${body.replace(/\s+/g, " ").trim().slice(0, SHOWN)}`);
}

async function mail(
  { to, from, server, port, security, login }: NonNullable<Order["email"]>,
  { subject, text }: { readonly subject: string; readonly text: string },
  trust: string | undefined,
): Promise<void> {
  // Only who sends mail pays for reading it.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: server,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    ...(login && { auth: { user: login.username, pass: login.password } }),
    ...(trust !== undefined && { tls: { ca: [trust] } }),
    connectionTimeout: LIMIT,
    greetingTimeout: LIMIT,
    socketTimeout: LIMIT,
    // Nothing in a message names a file or an address that is to be fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({ from, to: [...to], subject, text });
  } catch (thrown) {
    throw new Failure(`the mail server ${server}:${port}: ${(thrown as Error).message.replace(/\s+/g, " ")}`);
  } finally {
    transport.close();
  }
}
