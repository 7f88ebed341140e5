/** A stack's own settings as the sandbox can bring them up: what is the clouds' and the world's becomes the sandbox's. Plain data. */
import type { Slot } from "../stack/slot";
import type { ExistingMachine } from "./bareMachine";

/** A stack's file, parsed. */
export interface StackDocument {
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly [key: string]: unknown;
}

/** What the sandbox has to offer, and what was found out about this stack. */
export interface Offer {
  readonly slot: Slot;
  /** For `encryptionsalt`. */
  readonly salt: string;
  /** Encrypts for the derived file. */
  seal(value: string): string;
  /** The plain text behind one `secure:` of the stack's own file, where it may and can be used. */
  open(sealed: string): string | undefined;
  /** A value for a secret that has none here, by its full key. */
  standIn(key: string): string;
  /** Build arguments by app, for base images that can't be had here. */
  readonly buildArguments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The machine that stands for one the user has already; only for `host.provider: existing`. */
  readonly machine?: ExistingMachine | undefined;
  /** Name of the stack whose machine it is, and the zones it makes; only for `host.provider: stack`. */
  readonly owner?: { readonly stack: string; readonly zones: readonly string[] } | undefined;
}

/** One setting of the stack that is another in the rehearsal. */
export interface Replacement {
  /** As it stands in the file, e.g. `slipway:registry.server`. */
  readonly setting: string;
  /** What it is in the rehearsal, secrets never told. */
  readonly now: string;
}

/** A derived file and what is different in it. */
export interface Derived {
  readonly document: StackDocument;
  readonly replaced: readonly Replacement[];
}

/** Login of the sandbox's registry, public as its README says. */
const registryLogin = { username: "slipway", password: "rehearsal-only" } as const;
/** Any token is good for the sandbox's clouds. */
const token = "sandbox";

type Tree = Record<string, unknown>;

/** @see the file's head. `document` is left as it is. */
export function derive(document: StackDocument, offer: Offer): Derived {
  const derivation = new Derivation(document, offer);
  derivation.pulumi();
  derivation.clouds();
  derivation.host();
  derivation.registry();
  derivation.tls();
  derivation.dns();
  derivation.databases();
  derivation.notify();
  derivation.builds();
  derivation.secrets();
  return { document: derivation.document, replaced: derivation.replaced };
}

/** The full keys of the secrets that a stack's settings ask for, whether they are set or not. */
export function secretsAskedFor(config: Readonly<Record<string, unknown>>): readonly string[] {
  const apps = Object.entries(tree(config["slipway:apps"]));
  const notify = tree(config["slipway:notify"]);
  return [
    "slipway:registry.password",
    ...(tree(config["slipway:registry"]).pull === undefined ? [] : ["slipway:registry.pullPassword"]),
    ...(tree(config["slipway:host"]).provider === "existing" ? ["slipway:host.privateKey"] : []),
    ...Object.entries(tree(tree(config["slipway:github"]).secrets))
      .filter(([, origin]) => origin === "config")
      .map(([name]) => `slipway:github.${name}`),
    ...(notify.slack === "config" ? ["slipway:notify.webhook"] : []),
    ...(tree(notify.email).username === undefined ? [] : ["slipway:notify.smtpPassword"]),
    ...apps.flatMap(([app, section]) =>
      Object.entries(tree(tree(section).secrets))
        .filter(([, origin]) => origin === "config")
        .map(([name]) => `slipway:${app}.${name}`),
    ),
  ];
}

class Derivation {
  readonly document: Tree;
  readonly replaced: Replacement[] = [];
  readonly #offer: Offer;
  readonly #config: Tree;
  /** Secrets whose values the sandbox gives. */
  readonly #given: Record<string, string> = {};

  constructor(document: StackDocument, offer: Offer) {
    this.document = structuredClone(document) as Tree;
    this.#config = tree(this.document.config);
    this.document.config = this.#config;
    this.#offer = offer;
  }

  /** How the file itself is encrypted, and what Pulumi would fetch from its own cloud. */
  pulumi(): void {
    this.document.encryptionsalt = this.#offer.salt;
    for (const key of ["secretsprovider", "encryptedkey", "environment"]) {
      if (this.document[key] === undefined) continue;
      delete this.document[key];
      this.#tell(key, "left out: it is looked up elsewhere");
    }
  }

  /** Endpoints are set whichever cloud is asked, so that nothing can reach an account. */
  clouds(): void {
    this.#config["digitalocean:apiEndpoint"] = this.#offer.slot.api;
    this.#config["linode:url"] = this.#offer.slot.api;
    this.#tell("digitalocean:apiEndpoint, linode:url", this.#offer.slot.api);
    if (this.#section("slipway:github")) {
      this.#config["github:baseUrl"] = `${this.#offer.slot.api}/`;
      this.#tell("github:baseUrl", `${this.#offer.slot.api}/, with the repository and the reviewers that are named`);
    }
    for (const key of ["digitalocean:token", "linode:token", "github:token"]) {
      if (this.#config[key] === undefined) continue;
      this.#given[key] = token;
      this.#config[key] = { secure: "" };
      this.#tell(key, "the sandbox's");
    }
  }

  host(): void {
    const host = this.#section("slipway:host");
    if (!host) return;
    if (host.protect === true) {
      host.protect = false;
      this.#tell("slipway:host.protect", "false, so that it can be destroyed");
    }
    if (Array.isArray(host.sshFrom)) {
      const own = `${gatewayOf(this.#offer.slot)}/32`;
      host.sshFrom = [...host.sshFrom, own];
      this.#tell("slipway:host.sshFrom", `and ${own}, this computer in the sandbox`);
    }
    const { machine, owner } = this.#offer;
    if (machine) {
      const { privateKey, ...reached } = machine;
      Object.assign(host, reached);
      this.#given["slipway:host.privateKey"] = privateKey;
      this.#tell(
        "slipway:host.address, port, user, hostKey, privateKey",
        `a bare machine of the sandbox, ${machine.address}`,
      );
    }
    if (owner) {
      host.stack = owner.stack;
      this.#tell("slipway:host.stack", `${owner.stack}, in this rehearsal, with all that is different for it`);
    }
  }

  registry(): void {
    const registry = this.#section("slipway:registry");
    if (!registry) return;
    this.#tell("slipway:registry", `${this.#offer.slot.registry}, with its login`);
    registry.server = this.#offer.slot.registry;
    registry.username = registryLogin.username;
    if (registry.pull !== undefined) registry.pull = { ...tree(registry.pull), username: registryLogin.username };
    this.#given["slipway:registry.password"] = registryLogin.password;
    this.#given["slipway:registry.pullPassword"] = registryLogin.password;
  }

  tls(): void {
    const tls = tree(this.#config["slipway:tls"] ?? { mode: "acme" });
    if (tls.mode !== "acme") return;
    this.#config["slipway:tls"] = { ...without(tls, ["email", "directory", "root"]), mode: "internal" };
    this.#tell("slipway:tls", "mode internal: certificates of the machine's own authority");
  }

  /** A zone that the real cloud has already is made in the emulated one. */
  dns(): void {
    const dns = this.#section("slipway:dns");
    if (!dns || dns.create === true) return;
    if (this.#offer.owner?.zones.includes(`${String(dns.provider)} ${String(dns.zone)}`)) return;
    dns.create = true;
    this.#tell("slipway:dns.create", "true: the emulated cloud has no zone yet");
  }

  /** The database behind a secret URL is the one that must not be touched. */
  databases(): void {
    const external = (path: string, section: Tree | undefined) => {
      if (section?.mode !== "external") return;
      section.mode = "host";
      this.#tell(`${path}.mode`, "host: an external database is not touched");
    };
    external("slipway:database", this.#section("slipway:database"));
    for (const [app, section] of this.#apps()) external(`slipway:apps.${app}.database`, branch(section, "database"));
  }

  /** A rehearsal wakes nobody up. */
  notify(): void {
    if (this.#config["slipway:notify"] === undefined) return;
    for (const key of ["slipway:notify", "slipway:notify.webhook", "slipway:notify.smtpPassword"])
      delete this.#config[key];
    this.#tell("slipway:notify", "left out: nobody is told of a rehearsal");
  }

  builds(): void {
    for (const [app, section] of this.#apps()) {
      const given = Object.entries(this.#offer.buildArguments[app] ?? {});
      if (given.length === 0) continue;
      const build = tree(section.build);
      section.build = { ...build, args: { ...tree(build.args), ...Object.fromEntries(given) } };
      for (const [name, image] of given)
        this.#tell(`slipway:apps.${app}.build.args.${name}`, `${image}: the real one can't be pulled here`);
    }
  }

  /** Last, as all that went before may ask for one. */
  secrets(): void {
    const standIns: string[] = [];
    const used: string[] = [];
    const value = (key: string, sealed: string): string => {
      const given = this.#given[key];
      if (given !== undefined) return given;
      const opened = this.#offer.open(sealed);
      (opened === undefined ? standIns : used).push(key);
      return opened ?? this.#offer.standIn(key);
    };
    for (const key of secretsAskedFor(this.#config)) this.#config[key] ??= { secure: "" };
    for (const [key, found] of Object.entries(this.#config)) this.#config[key] = this.#resealed(key, found, value);
    if (standIns.length > 0) this.#tell(standIns.join(", "), "a stand-in made for the rehearsal");
    if (used.length > 0) this.#tell(used.join(", "), "the stack's own value, as asked");
  }

  /** `found` with every `secure:` in it, however deep, encrypted for the derived file. */
  #resealed(key: string, found: unknown, value: (key: string, sealed: string) => string): unknown {
    if (Array.isArray(found)) return found.map((inner, index) => this.#resealed(`${key}[${index}]`, inner, value));
    if (typeof found !== "object" || found === null) return found;
    const { secure, ...others } = found as Tree;
    if (typeof secure === "string" && Object.keys(others).length === 0)
      return { secure: this.#offer.seal(value(key, secure)) };
    return Object.fromEntries(
      Object.entries(found).map(([name, inner]) => [name, this.#resealed(`${key}.${name}`, inner, value)]),
    );
  }

  #section(key: string): Tree | undefined {
    return branch(this.#config, key);
  }

  #apps(): readonly [string, Tree][] {
    const apps = this.#section("slipway:apps") ?? {};
    return Object.keys(apps).flatMap((name): [string, Tree][] => {
      const section = branch(apps, name);
      return section ? [[name, section]] : [];
    });
  }

  #tell(setting: string, now: string): void {
    this.replaced.push({ setting, now });
  }
}

/** Address by which this computer stands in a sandbox's network. */
export function gatewayOf({ registry }: Slot): string {
  return registry.replace(/\.\d+:\d+$/, ".1");
}

/** A member that is a mapping, to be edited in place. */
function branch(parent: Tree, key: string): Tree | undefined {
  const found = parent[key];
  return typeof found === "object" && found !== null && !Array.isArray(found) ? (found as Tree) : undefined;
}

function tree(value: unknown): Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Tree) : {};
}

function without(value: Tree, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
