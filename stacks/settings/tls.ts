/** `slipway:tls` as it stands in a stack's file: what the manifest says of it, with the authority's root as a path. */
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import { Hsts, type Tls as ManifestTls } from "../../agent/manifest";
import { type Mistake, show } from "./mistakes";

const HstsOrNone = z
  .union([z.literal(false), Hsts], { error: "seconds (1 to 63072000, two years), or false" })
  .default(false);

/** How the environment's apps are reached: certificates by ACME, by the machine's own authority, or plain HTTP. */
export const Tls = z.discriminatedUnion("mode", [
  z.strictObject({
    mode: z.literal("acme"),
    /** Where the authority writes to when something is wrong. */
    email: z.email().optional(),
    /** An ACME directory. @default the edge's own choice: Let's Encrypt, then ZeroSSL */
    directory: z.url({ protocol: /^https$/, error: "an https URL of an ACME directory" }).optional(),
    /** PEM file, from the project's root or absolute, with what vouches for the directory's own HTTPS. */
    root: z.string().min(1).optional(),
    /** Seconds for which browsers are to come by HTTPS only. @default false: browsers are told nothing */
    hsts: HstsOrNone,
  }),
  z.strictObject({ mode: z.literal("internal"), hsts: HstsOrNone }),
  z.strictObject({ mode: z.literal("off") }),
]);

/** Where a section stands, and from which folder its paths go. */
export interface TlsContext {
  readonly path: string;
  readonly folder: string;
}

/** The section as the manifest has it, its root read. */
export function resolveTls(
  section: z.output<typeof Tls>,
  { path, folder }: TlsContext,
): { readonly tls?: ManifestTls; readonly mistakes: readonly Mistake[] } {
  if (section.mode === "off") return { tls: section, mistakes: [] };
  const { hsts, ...rest } = section;
  const common = { ...rest, ...(hsts === false ? {} : { hsts }) };
  if (common.mode === "internal" || common.root === undefined) return { tls: common as ManifestTls, mistakes: [] };
  const { root, ...others } = common;
  const at = `${path}.root`;
  if (others.directory === undefined) {
    const what = "vouches for a directory, and none is named";
    return { mistakes: [{ path: at, what, mend: "add directory: https://…, or remove root" }] };
  }
  const read = readRoot(resolve(folder, root));
  return "pem" in read
    ? { tls: { ...others, root: read.pem }, mistakes: [] }
    : { mistakes: [{ path: at, what: `${show(root)} ${read.what}`, allowed: "a PEM file with certificates alone" }] };
}

/** The certificates of a file, or what is wrong with it. */
function readRoot(file: string): { readonly pem: string } | { readonly what: string } {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { what: code === "ENOENT" ? "is not there" : `can't be read (${code})` };
  }
  if (text.includes("PRIVATE KEY-----")) return { what: "holds a private key, which is nobody's business here" };
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) return { what: "holds no certificate" };
  for (const block of blocks) {
    try {
      const { validTo, subject } = new X509Certificate(block);
      if (Date.parse(validTo) < Date.now()) return { what: `has a certificate that ended on ${validTo} (${subject})` };
    } catch {
      return { what: "holds a certificate that can't be read" };
    }
  }
  return { pem: `${blocks.join("\n")}\n` };
}
