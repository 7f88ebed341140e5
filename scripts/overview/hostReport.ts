/** What `slipway status --json` on a host says, as far as an overview shows it. */
import { z } from "zod";
import { UserError } from "../lib/userError";

const Room = z.object({ free: z.number(), size: z.number() });

/** An app as its host tells of it. */
const App = z.object({
  app: z.string(),
  /** `PROJECT/STACK` */
  stack: z.string().optional(),
  release: z.number().optional(),
  /** ISO 8601. */
  since: z.string().optional(),
  actor: z.string().optional(),
  commit: z.string().optional(),
  run: z.string().optional(),
  addresses: z.array(z.string()),
  certificates: z.array(z.object({ name: z.string(), until: z.string().optional(), pending: z.string().optional() })),
  maintenance: z.boolean(),
  busy: z.string().optional(),
  processes: z.record(z.string(), z.object({ running: z.number(), wanted: z.number(), unhealthy: z.number() })),
  snapshots: z.object({ count: z.number(), at: z.string().optional() }),
  problems: z.array(z.string()),
});
/** @see App */
export type AppReport = z.infer<typeof App>;

/** @see the file's head */
export const HostReport = z.object({
  name: z.string(),
  /** ISO 8601, by the host's own clock. */
  at: z.string(),
  apps: z.array(App),
  disk: Room,
  memory: Room,
  problems: z.array(z.string()),
});
/** @see HostReport */
export type HostReport = z.infer<typeof HostReport>;

/** The report in a text. @throws UserError if another release engine wrote it */
export function hostReportOf(text: string): HostReport {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  const parsed = HostReport.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UserError(
    "the release engine on the host is older than this checkout; bring the stack up, which updates it",
  );
}
