/** Which networks stand for everybody. Their form is checked elsewhere: what can't be read here is taken for narrow. */

/** Longest prefixes that still are a large part of the internet: no team's own network is a /4, or a /16 of IPv6. */
const widest = { ipv4: 4, ipv6: 16 } as const;

/** Whether a network in CIDR form lets in a large part of the internet: `0.0.0.0/0`, `::/0`, or one of few parts of it. */
export function isWorld(network: unknown): boolean {
  if (typeof network !== "string") return false;
  const [address = "", length] = network.trim().split("/");
  if (length === undefined || !/^\d+$/.test(length)) return false;
  return Number(length) <= (address.includes(":") ? widest.ipv6 : widest.ipv4);
}

/** Whether ports, as a cloud's firewall writes them (`22`, `1-1024`, `22,80`, `all`, `0` for all), take in `port`. */
export function takesIn(ports: unknown, port: number): boolean {
  if (ports === undefined || ports === null || ports === "" || ports === "all" || String(ports) === "0") return true;
  return String(ports)
    .split(",")
    .some((part) => {
      const [from, to = from] = part.trim().split("-").map(Number);
      return from !== undefined && to !== undefined && from <= port && port <= to;
    });
}
