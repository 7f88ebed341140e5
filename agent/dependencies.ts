/** What a compose file says of the order in which services start. */

/** What compose says of a service. */
export interface Composed {
  readonly compose: Readonly<Record<string, unknown>>;
}

/** Services by name. */
export interface Services {
  readonly processes: Readonly<Record<string, Composed>>;
}

/** What a process waits for, by the other's name: only processes that are deployed, e.g. not the laptop's database. */
export function dependenciesOf(process: Composed, manifest: Services): Record<string, { condition: string }> {
  const given = process.compose.depends_on;
  const entries: [string, string][] = Array.isArray(given)
    ? given.map((name) => [String(name), "service_started"])
    : Object.entries(mapOf(given)).map(([name, how]) => [name, String(mapOf(how).condition ?? "service_started")]);
  return Object.fromEntries(
    entries.filter(([name]) => name in manifest.processes).map(([name, condition]) => [name, { condition }]),
  );
}

/** Whether a process is meant to end by itself because another waits for its end. */
export function isAwaited(name: string, manifest: Services): boolean {
  return Object.values(manifest.processes).some(
    (process) => dependenciesOf(process, manifest)[name]?.condition === "service_completed_successfully",
  );
}

/** Compose writes maps as such or as a list of `NAME=value`; a name alone stands for `null`. */
export function mapOf(value: unknown): Record<string, unknown> {
  if (Array.isArray(value)) {
    return Object.fromEntries(
      value.map(String).map((entry) => {
        const at = entry.indexOf("=");
        return at < 0 ? [entry, null] : [entry.slice(0, at), entry.slice(at + 1)];
      }),
    );
  }
  return value !== null && typeof value === "object" ? { ...value } : {};
}
