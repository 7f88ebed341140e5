import { describe, expect, it } from "vitest";
import { type GitHubContext, readGitHub } from "./github";
import type { Mistake } from "./mistakes";

const PATH = "slipway:github";

function read(section: unknown, changes: Partial<GitHubContext> = {}) {
  const asked: string[] = [];
  const result = readGitHub(section, {
    path: PATH,
    stack: "prod",
    apps: { notes: ["SECRET_KEY", "LEVEL"], broken: undefined },
    ci: true,
    secret: (key) => {
      asked.push(key);
      return `value of ${key}`;
    },
    ...changes,
  });
  return { ...result, asked };
}

const places = (mistakes: readonly Mistake[]) => mistakes.map(({ path }) => path.replace(`${PATH}.`, ""));

describe("slipway:github", () => {
  it("needs a repository and nothing else", () => {
    const { settings, mistakes } = read({ repository: "acme/notes" });
    expect(mistakes).toEqual([]);
    expect(settings).toEqual({
      owner: "acme",
      repository: "notes",
      environment: "prod",
      reviewers: { users: [], teams: [] },
      branches: [],
      wait: 0,
      selfReview: true,
      deployKey: "none",
      names: {
        host: { in: "variables", name: "SLIPWAY_HOST" },
        port: { in: "variables", name: "SLIPWAY_PORT" },
        user: { in: "variables", name: "SLIPWAY_USER" },
        knownHosts: { in: "variables", name: "SLIPWAY_KNOWN_HOSTS" },
        key: { in: "secrets", name: "SLIPWAY_KEY" },
        deployKey: { in: "secrets", name: "SLIPWAY_DEPLOY_KEY" },
      },
      secrets: {},
      variables: {},
    });
  });

  it("takes the names that a workflow has already, as it writes them", () => {
    const names = { host: "secrets.SWARM_MANAGER_IP", user: "secrets.SSH_USER", key: "SSH_PRIVATE_KEY", port: "PORT" };
    expect(read({ repository: "acme/notes", names }).settings?.names).toMatchObject({
      host: { in: "secrets", name: "SWARM_MANAGER_IP" },
      user: { in: "secrets", name: "SSH_USER" },
      key: { in: "secrets", name: "SSH_PRIVATE_KEY" },
      port: { in: "variables", name: "PORT" },
    });
  });

  it("knows where each secret comes from", () => {
    const secrets = {
      SECRET_KEY: "notes.SECRET_KEY",
      DB_NAME: "notes.database.name",
      REGISTRY_PASSWORD: "registry.password",
      PULUMI_CONFIG_PASSPHRASE: "config",
      OF_BROKEN: "broken.ANYTHING",
    };
    const { settings, asked } = read({ repository: "acme/notes", secrets });
    expect(settings?.secrets).toEqual({
      SECRET_KEY: { from: "app", app: "notes", variable: "SECRET_KEY" },
      DB_NAME: { from: "database", app: "notes", part: "name" },
      REGISTRY_PASSWORD: { from: "registry", part: "password" },
      PULUMI_CONFIG_PASSPHRASE: { from: "config", value: "value of github.PULUMI_CONFIG_PASSPHRASE" },
      OF_BROKEN: { from: "app", app: "broken", variable: "ANYTHING" },
    });
    expect(asked).toEqual(["github.PULUMI_CONFIG_PASSPHRASE"]);
  });

  it("tells every malformed member at once", () => {
    const section = {
      repository: "https://github.com/acme/notes",
      environment: " prod",
      wait: 43_201,
      deployKey: "yes",
      names: { host: "vars.GITHUB_HOST", machine: "X" },
      secrets: { GITHUB_X: "config", "1ST": "config" },
      variables: { "a-b": "1" },
      colour: "red",
    };
    const { mistakes } = read(section);
    expect(places(mistakes).sort()).toEqual(
      [
        "repository",
        "environment",
        "wait",
        "deployKey",
        "names.host",
        "names.machine",
        "secrets.GITHUB_X",
        "secrets.1ST",
        "variables.a-b",
        "colour",
      ].sort(),
    );
  });

  it("tells every sum that cannot be, with what to do", () => {
    const section = {
      repository: "acme/notes",
      reviewers: { users: ["a", "b", "c", "d"], teams: ["x", "y", "z"] },
      names: { key: "vars.KEY", deployKey: "DEPLOY" },
      secrets: { DB: "notes.database.nam", A: "note.SECRET_KEY", B: "notes.SECRET_KEI", C: "registry.pass", D: "x" },
      variables: { slipway_host: "1", API_TOKEN: "abc", LONG: "ä".repeat(24_577) },
    };
    const { settings, mistakes } = read(section);
    expect(settings).toBeUndefined();
    const told = Object.fromEntries(mistakes.map((mistake) => [mistake.path.replace(`${PATH}.`, ""), mistake]));
    expect(Object.keys(told)).toEqual([
      "secrets.DB",
      "secrets.A",
      "secrets.B",
      "secrets.C",
      "secrets.D",
      "reviewers",
      "names.key",
      "names.deployKey",
      "variables.slipway_host",
      "variables.API_TOKEN",
      "variables.LONG",
    ]);
    expect(told["secrets.A"]?.mend).toBe("did you mean notes.SECRET_KEY?");
    expect(told["secrets.B"]?.mend).toBe("did you mean notes.SECRET_KEY?");
    expect(told["secrets.DB"]?.allowed).toContain("notes.database.name");
    expect(told["names.key"]?.allowed).toBe("secrets.KEY");
    expect(told["variables.slipway_host"]?.what).toBe("slipway_host is the name of slipway:github.names.host, too");
    expect(told["variables.LONG"]?.what).toBe("49154 bytes are too many for GitHub");
  });

  it("refuses what is too large or too much, and what has no use", () => {
    const section = {
      repository: "acme/notes",
      names: { host: "HOST" },
      secrets: { BIG: "config" },
      variables: Object.fromEntries(Array.from({ length: 95 }, (_, at) => [`V${at}`, "x"])),
    };
    const { mistakes } = read(section, { ci: false, secret: () => "x".repeat(49_153) });
    expect(places(mistakes)).toEqual(["names.host", "secrets.BIG", "variables"]);
  });
});
