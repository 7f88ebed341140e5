/**
 * Addresses inside a host. They are the same on every host and never leave it; 172.29.0.0/16 lies outside the ranges
 * that DigitalOcean and Linode give to private networks (10.0.0.0/8 and 192.168.128.0/17).
 */

/** Every container of every app has its address here. */
export const containerNetwork = "172.29.0.0/16";

/** The host as its containers see it: Postgres listens here and on loopback. */
export const hostInside = "172.29.0.1";

/** The engine's own bridge, whose address is `hostInside`. */
export const defaultBridge = "172.29.0.1/24";

/** Where the apps' networks are cut from: 512 networks of 62 containers. */
export const appNetworks = { base: "172.29.128.0/17", size: 26 } as const;

/** Where the networks of apps' own database containers are cut from: 64 networks `172.29.64.0/24` to `172.29.127.0/24`. */
export const databaseNetworks = { prefix: "172.29", first: 64, last: 127 } as const;
