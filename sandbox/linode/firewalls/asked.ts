import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Rule } from "./model";

/** Most rules of one firewall, and most ports and ends of ranges in one rule. */
const MOST_RULES = 25;
const MOST_PORTS = 15;

const verdict = (name: string) => {
  return z.enum(["ACCEPT", "DROP"], {
    error: ({ input }) => (input === undefined ? `${name} is required` : "Must be one of ACCEPT, DROP"),
  });
};

const AskedRule = z
  .object({
    action: verdict("action"),
    protocol: z.enum(["TCP", "UDP", "ICMP", "IPENCAP"], {
      error: ({ input }) => (input === undefined ? "protocol is required" : "Must be one of TCP, UDP, ICMP, IPENCAP"),
    }),
    ports: z.string().nullish(),
    addresses: z
      .object({
        ipv4: z
          .array(z.string().refine((text) => isNetwork(text, "ipv4"), "Must be an IPv4 address in IP/mask format"))
          .nullish(),
        ipv6: z
          .array(z.string().refine((text) => isNetwork(text, "ipv6"), "Must be an IPv6 address in IP/mask format"))
          .nullish(),
      })
      .nullish(),
    label: z.string().min(3, "Length must be 3-32 characters").max(32, "Length must be 3-32 characters").nullish(),
    description: z.string().max(100, "Length must be 1-100 characters").nullish(),
  })
  .superRefine(({ protocol, ports }, context) => {
    if (!ports) return;
    const fault =
      protocol === "TCP" || protocol === "UDP" ? portsFault(ports) : `Ports are not allowed with ${protocol}`;
    if (fault) context.addIssue({ code: "custom", message: fault, path: ["ports"] });
  })
  .transform(ruleFrom);

/** The rules of a firewall as requests bring them. */
export const AskedRules = z
  .object({
    inbound: z.array(AskedRule).nullish(),
    inbound_policy: verdict("inbound_policy"),
    outbound: z.array(AskedRule).nullish(),
    outbound_policy: verdict("outbound_policy"),
  })
  .refine(
    ({ inbound, outbound }) => (inbound ?? []).length + (outbound ?? []).length <= MOST_RULES,
    `A firewall can have ${MOST_RULES} rules at most`,
  )
  .transform((asked) => ({ ...asked, inbound: asked.inbound ?? null, outbound: asked.outbound ?? null }));

/** A whole firewall as requests bring it. */
export const AskedFirewall = z.object({
  label: z.string(),
  rules: AskedRules,
  tags: z.array(z.string()).nullish(),
  devices: z
    .object({
      linodes: z.array(z.number().int()).nullish(),
      nodebalancers: z.array(z.number().int()).nullish(),
      interfaces: z.array(z.number().int()).nullish(),
      linode_interfaces: z.array(z.number().int()).nullish(),
    })
    .nullish(),
});

function ruleFrom(asked: {
  action: Rule["action"];
  protocol: Rule["protocol"];
  ports?: string | null | undefined;
  addresses?: { ipv4?: string[] | null | undefined; ipv6?: string[] | null | undefined } | null | undefined;
  label?: string | null | undefined;
  description?: string | null | undefined;
}): Rule {
  const { ipv4, ipv6 } = asked.addresses ?? {};
  return {
    protocol: asked.protocol,
    ...(asked.addresses ? { addresses: { ...(ipv4?.length ? { ipv4 } : {}), ...(ipv6?.length ? { ipv6 } : {}) } } : {}),
    action: asked.action,
    ...(asked.label ? { label: asked.label } : {}),
    ...(asked.description ? { description: asked.description } : {}),
    ...(asked.ports ? { ports: asked.ports } : {}),
  };
}

function isNetwork(text: string, kind: "ipv4" | "ipv6"): boolean {
  return ipaddr.isValidCIDR(text) && ipaddr.parseCIDR(text)[0].kind() === kind;
}

/** What is wrong with a list of ports and ranges. */
function portsFault(ports: string): string | undefined {
  const parts = ports.split(",").map((part) => part.trim());
  for (const part of parts) {
    const range = /^(\d+)(?:-(\d+))?$/.exec(part);
    const first = Number(range?.[1]);
    const last = Number(range?.[2] ?? range?.[1]);
    if (!range || first < 1 || last > 65535)
      return "Ports must be 1-65535, with commas between and ranges such as 80-443";
    if (range[2] !== undefined && first >= last) return "Ranges must start with the smaller port";
  }
  const ends = parts.reduce((sum, part) => sum + (part.includes("-") ? 2 : 1), 0);
  return ends > MOST_PORTS ? `Number of ports and range ends must be ${MOST_PORTS} at most` : undefined;
}
