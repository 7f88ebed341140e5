/** Bytes of memory, as the text of /proc/meminfo says them; `free` is what processes could still have without swapping. */
export function memoryOf(meminfo: string): { readonly free: number; readonly size: number } {
  const bytes = (key: string) => 1024 * Number(new RegExp(`^${key}:\\s+(\\d+) kB$`, "m").exec(meminfo)?.[1] ?? 0);
  return { free: bytes("MemAvailable"), size: bytes("MemTotal") };
}
