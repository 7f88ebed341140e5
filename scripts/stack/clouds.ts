/** The clouds' own APIs, at the addresses and with the tokens that a stack's program would use. */
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { UserError } from "../lib/userError";
import type { PulumiStack } from "./pulumiStack";

/** Longest wait for an answer, in ms. */
const limit = 15_000;

/** Longest wait for a machine to let itself be removed, in ms. */
const removalLimit = 60_000;

/** What the clouds answer to a removal while the machine is still at something: DigitalOcean 422, Linode 400. */
const busy = [400, 422];

const Values = z.record(z.string(), z.looseObject({ value: z.string().optional() }));

type Environment = Readonly<Record<string, string | undefined>>;

/** Where a cloud answers, and what it is asked with. */
export interface Cloud {
  readonly title: string;
  readonly url: string;
  readonly token: string | undefined;
}

/** What the program's providers would take from a stack's settings and the environment, in the order in which they do. */
export function cloudsOf(settings: Readonly<Record<string, string | undefined>>, env: Environment) {
  const origin = (text: string) => text.replace(/\/+$/, "");
  return {
    digitalocean: {
      title: "DigitalOcean",
      url: origin(settings["digitalocean:apiEndpoint"] ?? env.DIGITALOCEAN_API_URL ?? "https://api.digitalocean.com"),
      token: settings["digitalocean:token"] ?? env.DIGITALOCEAN_TOKEN ?? env.DIGITALOCEAN_ACCESS_TOKEN,
    },
    linode: {
      title: "Linode",
      url: origin(settings["linode:url"] ?? env.LINODE_URL ?? "https://api.linode.com"),
      token: settings["linode:token"] ?? env.LINODE_TOKEN,
    },
  } as const satisfies Record<string, Cloud>;
}

/** @see the file's head */
export class Clouds {
  readonly #clouds: ReturnType<typeof cloudsOf>;

  constructor(clouds: ReturnType<typeof cloudsOf>) {
    this.#clouds = clouds;
  }

  /** Those of a stack. @throws UserError if its settings can't be read, be it for a wrong passphrase */
  static async of(stack: PulumiStack): Promise<Clouds> {
    const text = await stack.pulumi(stack.withStack(["config", "--show-secrets", "--json"]));
    const settings = Object.entries(Values.parse(JSON.parse(text))).map(([key, { value }]) => [key, value]);
    return new Clouds(cloudsOf(Object.fromEntries(settings), { ...process.env, ...stack.options().env }));
  }

  /** Answers a GET of a path, `/v2/…` of DigitalOcean's or `/v4/…` of Linode's. @throws UserError if the cloud doesn't */
  async get(path: string): Promise<unknown> {
    const response = await this.#ask("GET", path);
    if (!response.ok) throw new UserError(`${this.#of(path).title} answered ${response.status} to GET ${path}`);
    return response.json();
  }

  /** Removes what is at a path; a machine that is still at something refuses for a while. @throws UserError if the cloud doesn't */
  async remove(path: string): Promise<void> {
    for (const end = Date.now() + removalLimit; ; await sleep(500)) {
      const { ok, status } = await this.#ask("DELETE", path);
      if (ok || status === 404) return;
      if (!busy.includes(status) || Date.now() > end)
        throw new UserError(`${this.#of(path).title} answered ${status} to DELETE ${path}`);
    }
  }

  #of(path: string): Cloud {
    return path.startsWith("/v4/") ? this.#clouds.linode : this.#clouds.digitalocean;
  }

  #ask(method: string, path: string): Promise<Response> {
    const { title, url, token } = this.#of(path);
    return fetch(`${url}${path}`, {
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(limit),
    }).catch((error: Error) => {
      throw new UserError(`${title} does not answer at ${url}: ${error.cause ?? error.message}`);
    });
  }
}
