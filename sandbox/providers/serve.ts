/**
 * A plugin's process: the gRPC service that Pulumi's engine drives. Pulumi's SDK has one too, but it keeps the provider's
 * settings and previews from the plugin.
 */
import { promisify } from "node:util";
import {
  credentials,
  Metadata,
  type MethodDefinition,
  makeClientConstructor,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import engine from "@pulumi/pulumi/proto/engine_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import rpcStatus from "@pulumi/pulumi/proto/status_pb.js";
import any from "google-protobuf/google/protobuf/any_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { type Change, differences } from "./changes";
import * as operations from "./operations";
import { type Call, type Log, type Plugin, type Resource, Unfinished } from "./resource";
import { type Properties, reveal, type Value } from "./wire";

/** As Pulumi's SDKs: a state can be large. */
const options = { "grpc.max_receive_message_length": 400 * 1024 * 1024, "grpc.max_send_message_length": -1 };

interface Message {
  serializeBinary(): Uint8Array;
}
interface MessageType<T> {
  new (): T;
  deserializeBinary(bytes: Uint8Array): T;
}

/** One method of Pulumi's protocol, for a server or a client. */
export function method<Request extends Message, Response extends Message>(
  service: string,
  name: string,
  request: MessageType<Request>,
  response: MessageType<Response>,
): MethodDefinition<Request, Response> {
  return {
    path: `/pulumirpc.${service}/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: (message) => Buffer.from(message.serializeBinary()),
    requestDeserialize: (bytes) => request.deserializeBinary(bytes),
    responseSerialize: (message) => Buffer.from(message.serializeBinary()),
    responseDeserialize: (bytes) => response.deserializeBinary(bytes),
  };
}

/**
 * Serves `served` to the engine that started this process and gave its own address as an argument. `version` is the version
 * of the SDK that the program uses: the engine warns about any other.
 */
export function serve(served: Plugin, version: string): void {
  const engineAddress = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));
  endWithParent();
  // The engine reads the port from the first line.
  start(served, version, engineAddress).then(({ port }) => console.log(String(port)));
}

/** Ends this process with the engine that started it: a killed engine tells its plugins nothing. */
function endWithParent(): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 1000).unref();
}

/** Listens on a free port of loopback. `engineAddress` is where the engine takes log lines. */
export async function start(
  served: Plugin,
  version: string,
  engineAddress: string | undefined,
): Promise<{ readonly port: number; stop(): void }> {
  const cancelled = new AbortController();
  let log = engineLog(engineAddress);

  const server = new Server(options);
  const methods: Record<string, ServiceDefinition[string]> = {};
  const handlers: Record<string, (call: ServerUnaryCall<never, Message>, done: sendUnaryData<Message>) => void> = {};
  const on = <Request extends Message, Response extends Message>(
    name: string,
    request: MessageType<Request>,
    response: MessageType<Response>,
    handle: (request: Request, response: Response) => void | Promise<void>,
  ) => {
    methods[name] = method("ResourceProvider", name, request, response);
    handlers[name] = (call, done) => {
      const answer = new response();
      Promise.resolve()
        .then(() => handle((call as ServerUnaryCall<Request, Response>).request, answer))
        .finally(() => log.delivered())
        .then(
          () => done(null, answer),
          (error: unknown) => done(failure(error)),
        );
    };
  };

  /** The resource that a request is about, and the circumstances. */
  const about = (request: { getUrn(): string }): [Resource, Call] => {
    const urn = request.getUrn();
    const [, , types = "", name = ""] = urn.split("::");
    const token = types.split("$").at(-1) ?? "";
    const resource = served.resources[token];
    if (resource === undefined) {
      const known = Object.keys(served.resources).join(", ");
      throw new Error(`the sandbox's stand-in for the ${served.name} plugin has no resource ${token}; it has ${known}`);
    }
    return [resource, { name, log: log.of(urn), signal: cancelled.signal }];
  };

  on("GetPluginInfo", empty.Empty, plugin.PluginInfo, (_, response) => {
    response.setVersion(version.replace(/^v/, ""));
  });
  on("Attach", plugin.PluginAttach, empty.Empty, (request) => {
    log = engineLog(request.getAddress());
  });
  on("Cancel", empty.Empty, empty.Empty, () => cancelled.abort(new Error("cancelled")));
  on("CheckConfig", provider.CheckRequest, provider.CheckResponse, (request, response) => {
    response.setInputs(request.getNews());
  });
  on("DiffConfig", provider.DiffRequest, provider.DiffResponse, (request, response) => {
    // Whatever changed, the things that were made through it stay.
    const parts = differences(settings(request.getOldInputs()), settings(request.getNews()));
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    response.setChanges(parts.size > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList([...parts.keys()]);
  });
  on("Configure", provider.ConfigureRequest, provider.ConfigureResponse, (request, response) => {
    // A token that the program gives is a secret, and marked as one.
    served.configure?.(reveal(decode(request.getArgs())) as Properties);
    response.setSupportspreview(true);
  });
  on("Check", provider.CheckRequest, provider.CheckResponse, (request, response) => {
    const [resource, { name }] = about(request);
    const checked = operations.check(resource, decode(request.getOlds()), decode(request.getNews()), name);
    response.setInputs(encode(checked.inputs));
    // The reason names the property. Named apart, the engine would print its value too, secret or not.
    response.setFailuresList(checked.failures.map(({ reason }) => new provider.CheckFailure().setReason(reason)));
  });
  on("Diff", provider.DiffRequest, provider.DiffResponse, (request, response) => {
    const [resource] = about(request);
    const [state, olds, news] = [decode(request.getOlds()), decode(request.getOldInputs()), decode(request.getNews())];
    const { parts, properties, replaces, deleteFirst } = operations.diff(resource, state, olds, news);
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    response.setChanges(parts.size > 0 ? DIFF_SOME : DIFF_NONE);
    response.setDiffsList([...properties]);
    response.setReplacesList([...replaces]);
    response.setDeletebeforereplace(deleteFirst);
    response.setHasdetaileddiff(true);
    for (const [path, change] of parts) {
      const replaced = replaces.some(
        (property) => path === property || (/^[.[]/.test(path.slice(property.length)) && path.startsWith(property)),
      );
      const part = new provider.PropertyDiff()
        .setKind(kind(change, replaced))
        .setInputdiff(resource.compare === "inputs");
      response.getDetaileddiffMap().set(path, part);
    }
  });
  on("Create", provider.CreateRequest, provider.CreateResponse, async (request, response) => {
    const [resource, call] = about(request);
    const made = await operations.create(resource, decode(request.getProperties()), request.getPreview(), call);
    response.setId(made.id);
    response.setProperties(encode(made.outputs));
  });
  on("Read", provider.ReadRequest, provider.ReadResponse, async (request, response) => {
    const [resource, call] = about(request);
    const [state, inputs] = [decode(request.getProperties()), decode(request.getInputs())];
    const now = await operations.read(resource, request.getId(), state, inputs, call);
    if (now === undefined) return;
    response.setId(request.getId());
    response.setProperties(encode(now.outputs));
    response.setInputs(encode(now.inputs));
  });
  on("Update", provider.UpdateRequest, provider.UpdateResponse, async (request, response) => {
    const [resource, call] = about(request);
    const [state, news] = [decode(request.getOlds()), decode(request.getNews())];
    const outputs = await operations.update(resource, request.getId(), state, news, request.getPreview(), call);
    response.setProperties(encode(outputs));
  });
  on("Delete", provider.DeleteRequest, empty.Empty, async (request) => {
    const [resource, call] = about(request);
    await operations.remove(resource, request.getId(), decode(request.getProperties()), call);
  });
  on("Invoke", provider.InvokeRequest, provider.InvokeResponse, async (request, response) => {
    const token = request.getTok();
    const invoked = served.functions?.[token];
    if (invoked === undefined)
      throw new Error(`the sandbox's stand-in for the ${served.name} plugin has no function ${token}`);
    const call = { name: token, log: log.of(""), signal: cancelled.signal };
    response.setReturn(encode(await invoked(decode(request.getArgs()), call)));
  });

  server.addService(methods, handlers as never);
  const port = await promisify(server.bindAsync.bind(server))("127.0.0.1:0", ServerCredentials.createInsecure());
  return { port, stop: () => server.forceShutdown() };
}

/** The engine's log. */
interface EngineLog {
  /** A log whose lines show beside the resource `urn`. */
  of(urn: string): Log;
  /** Resolves when all lines so far have arrived. */
  delivered(): Promise<void>;
}

/** Without an engine (a plugin started by hand) the lines go nowhere. */
function engineLog(address: string | undefined): EngineLog {
  if (address === undefined) return { of: () => () => {}, delivered: async () => {} };
  const Engine = makeClientConstructor({ log: method("Engine", "Log", engine.LogRequest, empty.Empty) }, "Engine");
  const client = new Engine(address, credentials.createInsecure(), options);
  const send = (client.log as (request: Message, done: () => void) => void).bind(client);
  const { INFO, WARNING, ERROR } = engine.LogSeverity;
  const severities = { info: INFO, status: INFO, warning: WARNING, error: ERROR };
  // One after another, as calls side by side may change places. A line that can't be delivered fails nothing.
  let last: Promise<void> = Promise.resolve();
  return {
    of: (urn) => (severity, message) => {
      const request = new engine.LogRequest().setUrn(urn).setMessage(message);
      request.setSeverity(severities[severity]).setEphemeral(severity === "status");
      last = last.then(() => new Promise((resolve) => send(request, resolve)));
    },
    delivered: () => last,
  };
}

function kind(change: Change, replaced: boolean): number {
  const { ADD, ADD_REPLACE, DELETE, DELETE_REPLACE, UPDATE, UPDATE_REPLACE } = provider.PropertyDiff.Kind;
  switch (change) {
    case "add":
      return replaced ? ADD_REPLACE : ADD;
    case "delete":
      return replaced ? DELETE_REPLACE : DELETE;
    case "update":
      return replaced ? UPDATE_REPLACE : UPDATE;
    default:
      return change satisfies never;
  }
}

function decode(properties: struct.Struct | undefined): Properties {
  return (properties?.toJavaScript() ?? {}) as Properties;
}

/** A provider's settings, less the engine's own notes and the plugin's version. */
function settings(given: struct.Struct | undefined): Properties {
  const entries = Object.entries(reveal(decode(given)) as Properties);
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith("__") && name !== "version"));
}

function encode(properties: Properties): struct.Struct {
  return struct.Struct.fromJavaScript(defined(properties) as never);
}

/** The protocol's objects have no `undefined`. */
function defined(value: Value): Value {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(defined);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, defined(inner as Value)]])),
  );
}

/** An error as gRPC carries it. What is unfinished goes along as a detail, so that the engine keeps it in its state. */
function failure(error: unknown): { code: number; details: string; metadata: Metadata } {
  const details = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof Unfinished) {
    const unfinished = new provider.ErrorResourceInitFailed()
      .setId(error.made.id)
      .setProperties(encode(error.made.outputs))
      .setReasonsList([details]);
    const packed = new any.Any();
    packed.pack(unfinished.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const full = new rpcStatus.Status().setCode(status.UNKNOWN).setMessage(details).setDetailsList([packed]);
    metadata.add("grpc-status-details-bin", Buffer.from(full.serializeBinary()));
  }
  return { code: status.UNKNOWN, details, metadata };
}
