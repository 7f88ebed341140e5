/** Reads Linux's table of TCP sockets (`/proc/net/tcp`). */

/** `st` column of an open connection, from the kernel's `include/net/tcp_states.h`. */
const ESTABLISHED = "01";

/** How many open connections the table lists whose local end is this port of 127.0.0.1. */
export function openConnections(table: string, port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").filter((line) => {
    const [, here, , state] = line.trim().split(/\s+/);
    return here === local && state === ESTABLISHED;
  }).length;
}
