import { expect, it } from "vitest";
import { linodeInbounds } from "./linodeFirewall";

it("lets Linode pass SSH from the allow-list only, HTTP, HTTPS and ping from anywhere, and nothing else", () => {
  const anywhere = { ipv4s: ["0.0.0.0/0"], ipv6s: ["::/0"] };
  expect(linodeInbounds(["203.0.113.0/24", "198.51.100.7", "2001:db8::1"])).toEqual([
    {
      label: "ssh",
      action: "ACCEPT",
      protocol: "TCP",
      ports: "22",
      ipv4s: ["203.0.113.0/24", "198.51.100.7/32"],
      ipv6s: ["2001:db8::1/128"],
    },
    { label: "http", action: "ACCEPT", protocol: "TCP", ports: "80", ...anywhere },
    { label: "https", action: "ACCEPT", protocol: "TCP", ports: "443", ...anywhere },
    { label: "http3", action: "ACCEPT", protocol: "UDP", ports: "443", ...anywhere },
    { label: "ping", action: "ACCEPT", protocol: "ICMP", ...anywhere },
  ]);
});

it("leaves a family out that no network is of", () => {
  expect(linodeInbounds(["203.0.113.0/24"])[0]).not.toHaveProperty("ipv6s");
  expect(linodeInbounds(["2001:db8::/32"])[0]).not.toHaveProperty("ipv4s");
});
