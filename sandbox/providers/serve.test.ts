import { credentials, makeClientConstructor, Server, ServerCredentials } from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Plugin, Unfinished } from "./resource";
import { method, start } from "./serve";
import { secret } from "./wire";

const served: Plugin = {
  name: "example",
  configure: ({ token }) => {
    configured.push(token);
  },
  resources: {
    "example:index/thing:Thing": {
      required: ["size"],
      replaceOn: ["size"],
      computed: ["word"],
      secrets: ["word"],
      compare: "inputs",
      async create(inputs, { log }) {
        log("status", "one");
        log("warning", "two");
        if (inputs.size === 0) throw new Unfinished({ id: "half", outputs: { size: 0 } }, "stopped half way");
        return { id: "7", outputs: { ...inputs, word: "hush" } };
      },
    },
  },
};
const configured: unknown[] = [];

const urn = "urn:pulumi:dev::app::example:index/thing:Thing::it";
const properties = (values: object) => struct.Struct.fromJavaScript(values as never);
const lines: string[] = [];
const log = new Server();
let stop = () => {};
let ask: <T>(name: string, request: object) => Promise<T>;

beforeAll(async () => {
  log.addService({ log: method("Engine", "Log", engine.LogRequest, empty.Empty) }, {
    log(call: { request: InstanceType<typeof engine.LogRequest> }, done: (error: null, answer: object) => void) {
      lines.push(`${call.request.getUrn()} ${call.request.getMessage()} ${call.request.getEphemeral()}`);
      done(null, new empty.Empty());
    },
  } as never);
  const port = await new Promise<number>((resolve, reject) =>
    log.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const running = await start(served, "v1.2.3", `127.0.0.1:${port}`);
  stop = running.stop;
  const Client = makeClientConstructor(
    {
      info: method("ResourceProvider", "GetPluginInfo", empty.Empty, plugin.PluginInfo),
      configure: method("ResourceProvider", "Configure", provider.ConfigureRequest, provider.ConfigureResponse),
      diffConfig: method("ResourceProvider", "DiffConfig", provider.DiffRequest, provider.DiffResponse),
      check: method("ResourceProvider", "Check", provider.CheckRequest, provider.CheckResponse),
      diff: method("ResourceProvider", "Diff", provider.DiffRequest, provider.DiffResponse),
      create: method("ResourceProvider", "Create", provider.CreateRequest, provider.CreateResponse),
    },
    "ResourceProvider",
  );
  const client = new Client(`127.0.0.1:${running.port}`, credentials.createInsecure()) as unknown as Record<
    string,
    (request: object, done: (error: Error | null, answer: never) => void) => void
  >;
  ask = (name, request) =>
    new Promise((resolve, reject) =>
      client[name]?.(request, (error, answer) => (error ? reject(error) : resolve(answer))),
    );
});

afterAll(() => {
  stop();
  log.forceShutdown();
});

describe("a plugin's process", () => {
  it("tells the SDK's version and gets the provider's settings", async () => {
    expect((await ask<InstanceType<typeof plugin.PluginInfo>>("info", new empty.Empty())).getVersion()).toBe("1.2.3");
    await ask("configure", new provider.ConfigureRequest().setArgs(properties({ token: "t" })));
    await ask("configure", new provider.ConfigureRequest().setArgs(properties({ token: secret("hidden") })));
    expect(configured).toEqual(["t", "hidden"]);
  });

  it("says whether its settings are others, marks and notes aside", async () => {
    const diff = async (token: unknown) => {
      const request = new provider.DiffRequest()
        .setOldInputs(properties({ __internal: {}, token: "t", version: "1.0.0" }))
        .setNews(properties({ token, version: "1.2.3" }));
      const answer = await ask<InstanceType<typeof provider.DiffResponse>>("diffConfig", request);
      return [answer.getChanges(), answer.getDiffsList(), answer.getReplacesList()];
    };
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    expect(await diff(secret("t"))).toEqual([DIFF_NONE, [], []]);
    expect(await diff("other")).toEqual([DIFF_SOME, ["token"], []]);
  });

  it("gives reasons without the values of what is wrong", async () => {
    const request = new provider.CheckRequest().setUrn(urn).setNews(properties({}));
    const answer = await ask<InstanceType<typeof provider.CheckResponse>>("check", request);
    expect(answer.toObject().failuresList).toEqual([{ property: "", reason: "'size' is required and was not given" }]);
  });

  it("creates, marks secrets, and answers after its log has arrived in order", async () => {
    const request = new provider.CreateRequest().setUrn(urn).setProperties(properties({ size: 1 }));
    const answer = await ask<InstanceType<typeof provider.CreateResponse>>("create", request);
    expect(answer.getId()).toBe("7");
    expect(answer.getProperties()?.toJavaScript()).toEqual({ size: 1, word: secret("hush") });
    expect(lines).toEqual([`${urn} one true`, `${urn} two false`]);
  });

  it("says what a difference asks for", async () => {
    const request = new provider.DiffRequest()
      .setUrn(urn)
      .setOldInputs(properties({ size: 1 }))
      .setNews(properties({ size: 2 }));
    const answer = await ask<InstanceType<typeof provider.DiffResponse>>("diff", request);
    expect(answer.toObject()).toMatchObject({
      replacesList: ["size"],
      diffsList: ["size"],
      changes: provider.DiffResponse.DiffChanges.DIFF_SOME,
      detaileddiffMap: [["size", { kind: provider.PropertyDiff.Kind.UPDATE_REPLACE, inputdiff: true }]],
    });
  });

  it("hands over what is unfinished with the error", async () => {
    const request = new provider.CreateRequest().setUrn(urn).setProperties(properties({ size: 0 }));
    const failed = await ask("create", request).catch(
      (error: unknown) => error as { details: string; metadata: { get(name: string): Buffer[] } },
    );
    expect(failed).toMatchObject({ details: "stopped half way" });
    const details = (failed as { metadata: { get(name: string): Buffer[] } }).metadata.get(
      "grpc-status-details-bin",
    )[0];
    expect(details?.includes("pulumirpc.ErrorResourceInitFailed") && details.includes("half")).toBe(true);
  });

  it("names what it has where it is asked for something else", async () => {
    const request = new provider.CreateRequest().setUrn(urn.replace("Thing", "Other")).setProperties(properties({}));
    await expect(ask("create", request)).rejects.toThrow(
      "the sandbox's stand-in for the example plugin has no resource example:index/thing:Other; it has example:index/thing:Thing",
    );
  });
});
