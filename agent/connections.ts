/** Reads Linux's table of TCP sockets (`/proc/net/tcp`). */

/** `st` column of an open connection, from the kernel's `include/net/tcp_states.h`. */
const ESTABLISHED = "01";

/**
 * How many open connections the table lists that lead to this port of 127.0.0.1. It is their near end, the edge's, that counts: the far
 * end is inside the container.
 */
export function openConnections(table: string, port: number): number {
  const target = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").filter((line) => {
    const [, , there, state] = line.trim().split(/\s+/);
    return there === target && state === ESTABLISHED;
  }).length;
}
