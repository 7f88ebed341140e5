/** The network the machines live on and which of its addresses the cloud may hand out. Both ends of a range belong to it. */
export interface NetworkPlan {
  /** The network in CIDR form, e.g. `10.213.0.0/24`. */
  readonly subnet: string;
  /** The address machines send foreign packets to, e.g. `10.213.0.1`. */
  readonly gateway: string;
  /** First and last address for machines. */
  readonly machines: readonly [string, string];
  /** First and last address for reserved IPs. */
  readonly reserved: readonly [string, string];
}

/** The plan used when the daemon has no other. */
export const defaultNetwork: NetworkPlan = {
  subnet: "10.213.0.0/24",
  gateway: "10.213.0.1",
  machines: ["10.213.0.10", "10.213.0.199"],
  reserved: ["10.213.0.200", "10.213.0.250"],
};
