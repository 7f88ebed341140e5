/** `slipway:host`, a shape for each provider of machines. */
import { DropletSlug, Region } from "@pulumi/digitalocean/types/enums";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import { mayBePlan } from "../../infra/host/linodePlans";
import { nearest } from "./mistakes";

/** A network in CIDR form or a single address, IPv4 or IPv6. */
const Network = z
  .string()
  .refine((text) => ipaddr.isValidCIDR(text) || ipaddr.isValid(text), "an address or a network such as 203.0.113.0/24");

/** What every machine has. */
const common = {
  /** Networks that may open an SSH connection. */
  sshFrom: z.array(Network).min(1, "at least one network"),
  /** Whether Pulumi refuses to destroy the machine and its databases. @default false */
  protect: z.boolean().default(false),
};

/** What a machine of a cloud may have besides. */
const cloud = {
  /** Block volume that the machine's data lives on, in GB: what both clouds offer. */
  volume: z.strictObject({ size: z.number().int().min(10).max(16_384) }).optional(),
  /** Whether the cloud keeps backups of the machine's own disk, for which it charges. @default as the cloud does: none */
  backups: z.boolean().optional(),
  /** Address of the machine that may be replaced by another; what the policy machine-replaced asks for. */
  replace: z.ipv4({ error: "the address of the machine that may go" }).optional(),
};

/** Regions and sizes are the ones the pinned SDK knows: a wrong one is refused before any call to the API. */
const DigitalOcean = z.strictObject({
  provider: z.literal("digitalocean"),
  region: z.enum(Object.values(Region)),
  size: z.enum(Object.values(DropletSlug)),
  /** @default debian-13-x64 */
  image: z.enum(["debian-13-x64"]).default("debian-13-x64"),
  ...cloud,
  ...common,
});

/**
 * Regions and types after generation 6 are told by their form only: Linode adds to them more often than the SDK is raised, and refuses
 * by name what it doesn't have.
 */
const Linode = z.strictObject({
  provider: z.literal("linode"),
  region: z.string().regex(/^[a-z]{2}-[a-z]+(-\d+)?$/, "a region of Linode, e.g. eu-central, de-fra-2 or us-east"),
  size: z
    .string()
    .regex(/^g\d+-[a-z]+(-[a-z0-9]+)+$/, "a type of Linode, e.g. g6-nanode-1, g6-standard-1 or g6-dedicated-2")
    .refine(mayBePlan, "a type that Linode has: linode-cli linodes types"),
  /** @default linode/debian13 */
  image: z.enum(["linode/debian13"]).default("linode/debian13"),
  ...cloud,
  ...common,
});

/** A machine that is there already. */
const Existing = z.strictObject({
  provider: z.literal("existing"),
  /** Its public address. */
  address: z.ipv4({ error: "the machine's public IPv4 address" }),
  /** Where its sshd listens. @default 22 */
  port: z.number().int().min(1).max(65_535).default(22),
  /** Root, or a user who may do everything by sudo without a password. @default root */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "the name of a user")
    .default("root"),
  /** Public half of its host key. */
  hostKey: z
    .string()
    .regex(
      /^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa) [A-Za-z0-9+/]+=*( .*)?$/,
      "one line of ssh-keyscan, less the address: ssh-ed25519 AAAA…",
    ),
  /** Whether databases and volumes stay on the machine when an app or the stack goes. @default true */
  keepData: z.boolean().default(true),
  ...common,
});

/** A place on another stack's machine. Who may log in there is that stack's business. */
const OtherStack = z.strictObject({
  provider: z.literal("stack"),
  /** `STACK` of this project, `PROJECT/STACK` or `ORGANIZATION/PROJECT/STACK`. */
  stack: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+(\/[A-Za-z0-9_.-]+){0,2}$/, "STACK, PROJECT/STACK or ORGANIZATION/PROJECT/STACK"),
  protect: common.protect,
});

/** The shape for each provider. */
const shapes = { digitalocean: DigitalOcean, linode: Linode, existing: Existing, stack: OtherStack } as const;

/** Who a machine may come from. */
export type HostProvider = keyof typeof shapes;
const providers = Object.keys(shapes) as HostProvider[];

/** The machine an environment runs on. */
export type HostSettings = z.output<(typeof shapes)[HostProvider]>;

/**
 * Reads the machine by the shape of its provider. With a wrong provider the rest is held to the one that was meant, so that all
 * mistakes show at once; where none is near, to what every machine has.
 */
export const Host = z.record(z.string(), z.unknown()).transform((given, context): HostSettings => {
  const provider = z.enum(providers).safeParse(given.provider);
  const meant = provider.success ? provider.data : nearest(String(given.provider), providers);
  const rest = meant ? shapes[meant].safeParse({ ...given, provider: meant }) : z.looseObject(common).safeParse(given);
  for (const { path, ...issue } of provider.error?.issues ?? []) {
    context.issues.push({ ...issue, path: ["provider", ...path], input: given } as (typeof context.issues)[number]);
  }
  for (const issue of rest.error?.issues ?? []) {
    context.issues.push({ ...issue, input: given } as (typeof context.issues)[number]);
  }
  return rest.success && provider.success ? (rest.data as HostSettings) : z.NEVER;
});
