import { expect, it } from "vitest";
import { fromZod } from "./mistakes";
import { Registry } from "./registry";

function mistakesOf(section: unknown): string[] {
  const parsed = Registry.safeParse(section);
  if (parsed.success) return [];
  return fromZod("registry", section, parsed.error).map(({ path, what, allowed }) => `${path}: ${what}; ${allowed}`);
}

it.each([
  [{ server: "ghcr.io", namespace: "team", username: "bot" }],
  [{ server: "docker.io", namespace: "team", username: "bot", pull: { username: "reader" } }],
  [{ server: "registry.digitalocean.com", namespace: "team", username: "ops@example.com" }],
  [{ server: "registry.example.com:5000", username: "bot" }],
  [{ server: "10.213.0.2:5000", username: "slipway" }],
])("takes %j", (section) => {
  expect(Registry.parse(section)).toEqual(section);
});

it.each(["index.docker.io", "registry-1.docker.io", "Docker.io"])("takes %s for Docker Hub", (server) => {
  expect(Registry.parse({ server, namespace: "team", username: "bot" }).server).toBe("docker.io");
});

it.each(["ghcr.io", "docker.io", "registry.digitalocean.com"])("asks whose images those at %s are", (server) => {
  expect(mistakesOf({ server, username: "bot" })).toEqual([
    expect.stringMatching(
      new RegExp(`^registry.namespace: missing; .*, in lower case: images there are ${server}/NAMESPACE/APP$`),
    ),
  ]);
});

it("refuses what is no registry, and names the one that is meant", () => {
  expect(mistakesOf({ server: "hub.docker.com", namespace: "team", username: "bot" })).toEqual([
    'registry.server: "hub.docker.com" is not allowed; the registry itself, which is docker.io',
  ]);
  expect(mistakesOf({ server: "https://ghcr.io", namespace: "Team", username: "" })).toEqual([
    'registry.server: "https://ghcr.io" is not allowed; a host name with an optional port, without a scheme and a path: ghcr.io',
    'registry.namespace: "Team" is not allowed; lower-case words joined by / . _ or -; images are named in lower case also where the owner\'s name is not',
    'registry.username: "" is not allowed; a name: see the registry\'s page for what it takes',
  ]);
});

it("takes one name for a registry of DigitalOcean's", () => {
  const section = { server: "registry.digitalocean.com", namespace: "team/more", username: "token" };
  expect(mistakesOf(section)).toEqual([
    'registry.namespace: "team/more" is not allowed; the name of your registry alone',
  ]);
});
