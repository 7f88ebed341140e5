/** The clouds' own APIs, at the addresses and with the tokens that a stack's program would use. */
import { z } from "zod";
import { UserError } from "../lib/userError";
import type { PulumiStack } from "./pulumiStack";

/** Longest wait for an answer, in ms. */
const limit = 15_000;

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
    const { title, url, token } = path.startsWith("/v4/") ? this.#clouds.linode : this.#clouds.digitalocean;
    const response = await fetch(`${url}${path}`, {
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(limit),
    }).catch((error: Error) => {
      throw new UserError(`${title} does not answer at ${url}: ${error.cause ?? error.message}`);
    });
    if (!response.ok) throw new UserError(`${title} answered ${response.status} to GET ${path}`);
    return response.json();
  }
}
