/** Where messages arrive in tests: a server that takes webhooks, and one that takes mail. */
import { createServer as createHttp } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { expect } from "vitest";

/** Where a server listens. @default any free port of the loopback address */
interface Place {
  readonly host?: string;
  readonly port?: number;
}

/** A server over TCP that can be ended whoever is connected. */
class Receiver {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  protected constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {}).once("close", () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  protected async listen({ host = "127.0.0.1", port = 0 }: Place): Promise<void> {
    await new Promise<void>((resolve, reject) => this.#server.once("error", reject).listen(port, host, resolve));
  }

  async end(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** Takes what is posted to it, as Slack does. */
export class WebhookReceiver extends Receiver {
  /** Texts in the order they came. */
  readonly texts: string[] = [];
  /** What it answers. */
  answer: { readonly status: number; readonly body: string } = { status: 200, body: "ok" };

  static async start(place: Place = {}): Promise<WebhookReceiver> {
    const received: WebhookReceiver = new WebhookReceiver(
      createHttp((request, response) => {
        let body = "";
        request.setEncoding("utf8").on("data", (piece) => {
          body += piece;
        });
        request.on("end", () => {
          const { status } = received.answer;
          const isAsked = request.method === "POST" && request.headers["content-type"] === "application/json";
          if (isAsked && status === 200) received.texts.push((JSON.parse(body) as { text: string }).text);
          response.writeHead(isAsked ? status : 400).end(received.answer.body);
        });
      }),
    );
    await received.listen(place);
    return received;
  }

  /** Waits until a text that begins so has come. */
  async heard(start: string, timeout = 30_000): Promise<string> {
    const found = () => this.texts.find((text) => text.startsWith(start));
    await expect.poll(found, { timeout, message: `heard ${JSON.stringify(this.texts)}` }).toBeDefined();
    return found() ?? "";
  }
}

/** A mail that arrived. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and text as they came. */
  readonly data: string;
  /** Whether it came over TLS. */
  readonly isPrivate: boolean;
  /** Who had logged in. */
  readonly login: string | undefined;
}

/** How a mail server is. */
export interface MailServerOptions extends Place {
  /** Its key and certificate, PEM: with them it offers TLS, and takes logins over that alone. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The one login that it takes: then nothing is taken without. */
  readonly login?: { readonly username: string; readonly password: string };
}

/** A mail server, as far as those who hand in mail can tell (RFC 5321, STARTTLS of 3207, AUTH PLAIN of 4954). */
export class MailServer extends Receiver {
  readonly mails: Mail[] = [];
  /** What it answers instead of greeting, if it takes nothing. */
  refusal: string | undefined;
  readonly #options: MailServerOptions;

  private constructor(server: Server, options: MailServerOptions) {
    super(server);
    this.#options = options;
    server.on("connection", (socket) => this.#attend(socket));
  }

  static async start(options: MailServerOptions = {}): Promise<MailServer> {
    const server = new MailServer(createServer(), options);
    await server.listen(options);
    return server;
  }

  #attend(plain: Socket): void {
    const { tls, login } = this.#options;
    let mail = { from: "", to: [] as string[] };
    let who: string | undefined;
    const say = (socket: Socket, line: string) => socket.write(`${line}\r\n`);
    const converse = (socket: Socket, isPrivate: boolean) => {
      let buffer = "";
      let isData = false;
      const hear = (line: string): void => {
        const verb = line.slice(0, 4).toUpperCase();
        if (verb === "EHLO") {
          const offers = [
            "receiver",
            ...(tls && !isPrivate ? ["STARTTLS"] : []),
            ...(login && isPrivate ? ["AUTH PLAIN"] : []),
            "8BITMIME",
          ];
          for (const offer of offers.slice(0, -1)) say(socket, `250-${offer}`);
          say(socket, `250 ${offers.at(-1)}`);
        } else if (verb === "STAR" && tls && !isPrivate) {
          say(socket, "220 go ahead");
          socket.removeAllListeners("data");
          const secure = new TLSSocket(socket, { isServer: true, ...tls });
          secure.on("error", () => {});
          converse(secure, true);
        } else if (verb === "AUTH") {
          const [, user, password] = Buffer.from(line.split(" ")[2] ?? "", "base64")
            .toString()
            .split("\0");
          const isRight = login !== undefined && user === login.username && password === login.password;
          who = isRight ? user : undefined;
          say(socket, isRight ? "235 welcome" : `535 5.7.8 ${user} with ${password} is not known here`);
        } else if (login && who === undefined && ["MAIL", "RCPT", "DATA"].includes(verb)) {
          say(socket, "530 5.7.0 log in first");
        } else if (verb === "MAIL") {
          mail = { from: addressIn(line), to: [] };
          say(socket, "250 ok");
        } else if (verb === "RCPT") {
          mail.to.push(addressIn(line));
          say(socket, "250 ok");
        } else if (verb === "DATA") {
          isData = true;
          say(socket, "354 go on");
        } else if (verb === "QUIT") {
          say(socket, "221 bye");
          socket.end();
        } else say(socket, verb === "RSET" || verb === "NOOP" ? "250 ok" : "502 what?");
      };
      socket.on("data", (piece: Buffer) => {
        buffer += piece.toString();
        for (;;) {
          const mark = isData ? "\r\n.\r\n" : "\r\n";
          const at = buffer.indexOf(mark);
          if (at < 0) return;
          const text = buffer.slice(0, at);
          buffer = buffer.slice(at + mark.length);
          if (!isData) hear(text);
          else {
            isData = false;
            this.mails.push({ ...mail, data: text.replace(/^\.\./gm, "."), isPrivate, login: who });
            say(socket, "250 taken");
          }
        }
      });
    };
    if (this.refusal !== undefined) {
      plain.end(`${this.refusal}\r\n`);
      return;
    }
    converse(plain, false);
    say(plain, "220 receiver ESMTP");
  }
}

function addressIn(line: string): string {
  return /<([^>]*)>/.exec(line)?.[1] ?? "";
}
