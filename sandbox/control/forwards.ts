/** Ways from this computer's loopback into the sandbox's network, for browsers and tools that cannot reach it themselves. */
export interface Forwards {
  /**
   * Opens a way to a TCP port of a machine, or answers the one that is already open.
   * @param address IPv4 address on the sandbox's network
   * @returns where on loopback it can be reached
   */
  open(address: string, port: number): Promise<{ readonly host: string; readonly port: number }>;
}
