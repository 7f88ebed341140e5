import { describe, expect, it } from "vitest";
import type { FailedResource } from "./engineEvents";
import { advise } from "./refusals";

type Asked = Omit<FailedResource, "error">;

const droplet: Asked = {
  type: "digitalocean:index:Droplet",
  name: "slipway-prod-droplet",
  operation: "create",
  inputs: { region: "fra1", size: "s-1vcpu-3gb" },
};
const linode: Asked = {
  type: "linode:index:Instance",
  name: "slipway-prod-linode",
  operation: "create",
  inputs: { region: "eu-central", type: "g6-standard-1" },
};
const posted = (reply: string) => `POST https://cloud.example/v2/droplets: ${reply}`;

/** Setting and advice for a failure. */
function told(failed: Partial<Asked> & Pick<FailedResource, "error">, base = droplet) {
  const text = advise({ ...base, ...failed }) ?? "";
  return { setting: /^(\w+:[\w.]+): /.exec(text)?.[1], mend: text.split("\n    mend: ")[1] };
}

describe("a cloud's refusal", () => {
  it("is one line with setting, resource and the cloud's own words, and one with what to do", () => {
    const error = posted('422 (request "6c5e") The image you specified is not available for the selected size.');
    expect(advise({ ...droplet, error })).toBe(
      [
        "slipway:host.size: DigitalOcean did not create Droplet slipway-prod-droplet (422: The image you specified is not available for the selected size.).",
        '    mend: "s-1vcpu-3gb" is not to be had here: choose another, shown by: doctl compute size list',
      ].join("\n"),
    );
  });

  it("is read as the real plugins write it, too", () => {
    const error = [
      "  sdk-v2/provider2.go:572: sdk.helper_schema: Error creating a Linode Instance: [400] [label] Label must be unique among your linodes: provider=linode@5.1.1",
      "error: 1 error occurred:",
    ].join("\n");
    expect(advise({ ...linode, error })).toBe(
      [
        "Linode did not create Instance slipway-prod-linode (400: Label must be unique among your linodes).",
        "    mend: there is one of that name that this stack does not know. Delete it if nobody needs it, or take it in with pulumi import; they are shown by: linode-cli linodes list",
      ].join("\n"),
    );
  });

  it.each([
    ["401 Unable to authenticate you", "digitalocean:token", /pulumi config set --secret digitalocean:token$/],
    ["403 You are not authorized", "digitalocean:token", /valid but may not do this/],
    ["429 API rate limit exceeded.", undefined, /nothing is wrong with the stack/],
    ["503 Server Error", undefined, /own failure: run it again/],
    ["422 creating this/these droplet(s) will exceed your droplet limit", undefined, /quota is used up/],
    ["422 Region is not available", "slipway:host.region", /^"fra1" does not have it/],
    [
      "404 The resource you were accessing could not be found.",
      undefined,
      /^it, or what it names, is not there any more/,
    ],
    ["422 Something else", "slipway:host", /^mend what it says/],
  ])("of DigitalOcean: %s", (reply, setting, mend) => {
    expect(told({ error: posted(reply) })).toEqual({ setting, mend: expect.stringMatching(mend) });
  });

  it.each([
    ["[401] Invalid Token", "linode:token", /pulumi config set --secret linode:token$/],
    ["[403] Unauthorized", "linode:token", /valid but may not do this/],
    ["[429] Too many requests", undefined, /nothing is wrong with the stack/],
    ["[500] Internal Server Error", undefined, /own failure: run it again/],
    ["[400] Account Limit reached. Please open a support ticket.", undefined, /quota is used up/],
    ["[400] [region] region is not valid", "slipway:host.region", /^"eu-central" does not have it/],
    [
      "[400] [type] A valid plan type by that ID was not found",
      "slipway:host.size",
      /^"g6-standard-1" is not to be had/,
    ],
    ["[404] Not found", undefined, /pulumi refresh/],
    ["[400] [root_pass] Password is too weak", "slipway:host", /^mend what it says/],
  ])("of Linode: %s", (reply, setting, mend) => {
    expect(told({ error: `Error creating a Linode Instance: ${reply}` }, linode)).toEqual({
      setting,
      mend: expect.stringMatching(mend),
    });
  });

  it.each([
    ["RepositoryEnvironment", "401 Bad credentials []", "github:token", /pulumi config set --secret github:token$/],
    [
      "ActionsEnvironmentSecret",
      "403 Resource not accessible by personal access token []",
      "github:token",
      /give Environments: read and write/,
    ],
    [
      "RepositoryDeployKey",
      "403 Resource not accessible by personal access token []",
      "github:token",
      /give Administration: read and write/,
    ],
    [
      "RepositoryEnvironment",
      "403 Repository was archived so is read-only. []",
      "slipway:github.repository",
      /^nothing/,
    ],
    ["ActionsEnvironmentSecret", "403 You have exceeded a secondary rate limit. []", undefined, /run it again in some/],
    ["ActionsEnvironmentSecret", "429 Too many requests []", undefined, /nothing is wrong with the stack/],
    ["ActionsEnvironmentSecret", "404 Not Found []", "slipway:github", /may not see it: pulumi refresh/],
    ["RepositoryDeployKey", "422 Validation Failed [{Message:key is already in use}]", undefined, /gh repo deploy-key/],
    [
      "RepositoryEnvironment",
      "422 Failed to create the environment protection rule. Please ensure the billing plan supports the required reviewers protection rule. []",
      "slipway:github.reviewers",
      /GitHub Enterprise only/,
    ],
    ["ActionsEnvironmentSecret", "422 Secret value is too large []", "slipway:github.secrets", /^mend what it says/],
    ["ActionsEnvironmentVariable", "502 Server Error []", undefined, /^GitHub's own failure: run it again/],
  ])("of GitHub: %s %s", (kind, reply, setting, mend) => {
    const error = `PUT https://api.github.com/repos/acme/notes/environments/prod: ${reply}`;
    expect(told({ type: `github:index/x:${kind}`, error })).toEqual({ setting, mend: expect.stringMatching(mend) });
  });

  it("of a type that can't be looked up names the setting: the state may hold it already", () => {
    const error = "[404] Not found";
    expect(told({ operation: "update", inputs: { type: "g9-mega-1" }, error }, linode)).toEqual({
      setting: "slipway:host.size",
      mend: 'if "g9-mega-1" is a type that Linode has (linode-cli linodes types), the machine is gone. Put the size right, then pulumi refresh, and run it again',
    });
  });

  it("of a database, a volume, a zone names their settings", () => {
    const cluster = { type: "digitalocean:index:DatabaseCluster", inputs: { size: "db-s-9", region: "fra1" } };
    expect(told({ ...cluster, error: posted("422 invalid size") })).toEqual({
      setting: "slipway:database.size",
      mend: '"db-s-9" is not to be had here: choose another, shown by: doctl databases options slugs --engine pg',
    });
    expect(told({ ...cluster, error: posted("422 invalid engine version") }).setting).toBe("slipway:database.version");
    const managed = { type: "linode:index:DatabasePostgresqlV2", inputs: { type: "g6-nanode-1", region: "eu-west" } };
    for (const [error, setting, mend] of [
      [
        "[400] [type] type is not valid",
        "slipway:database.size",
        /^"g6-nanode-1" is not .*: linode-cli databases types$/,
      ],
      ["[400] [cluster_size] Must be one of 1, 3", "slipway:database.standby", /^a plan has only so many nodes/],
      ["[400] [region] Managed Databases are not available in this region", "slipway:database.region", /^"eu-west"/],
      ["[400] [engine] engine is not valid", "slipway:database.version", /^choose a version/],
      ["[400] [label] Label must be unique among your databases", undefined, /linode-cli databases postgresql-list$/],
      ["[400] Database is not active", undefined, /run it again in some minutes$/],
    ] as const)
      expect(told({ ...managed, error }), error).toEqual({ setting, mend: expect.stringMatching(mend) });
    expect(told({ type: "linode:index:Volume", error: "[400] [size] Size must be larger" })).toEqual({
      setting: "slipway:host.volume.size",
      mend: "a volume can be made larger, never smaller",
    });
    const zone = { type: "digitalocean:index:Domain", inputs: { name: "slipway.example" } };
    expect(told({ ...zone, error: posted("422 domain 'slipway.example': name already exists") }).setting).toBe(
      "slipway:dns",
    );
  });

  it("that never came may have been carried out", () => {
    const error = "Post https://cloud.example/v2/droplets: context deadline exceeded";
    expect(told({ error }).mend).toBe(
      "no answer came, so it may have been made all the same. Look before you run it again: doctl compute droplet list",
    );
  });

  it("is no matter of a resource that is not a cloud's", () => {
    expect(advise({ ...droplet, type: "command:remote:Command", error: "exit status 1" })).toBeUndefined();
  });
});
