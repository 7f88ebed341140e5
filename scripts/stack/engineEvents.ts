/** What Pulumi's engine tells of a run while it goes on. It never touches a disk: secrets stand in it in clear. */
import { Server, ServerCredentials, type ServerReadableStream, type sendUnaryData } from "@grpc/grpc-js";
import { EventsService } from "@pulumi/pulumi/proto/events_grpc_pb";
import type { EventRequest } from "@pulumi/pulumi/proto/events_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { z } from "zod";

const Step = z.looseObject({
  op: z.string(),
  urn: z.string(),
  type: z.string(),
  new: z.looseObject({ inputs: z.record(z.string(), z.unknown()).nullish() }).nullish(),
  old: z.looseObject({ inputs: z.record(z.string(), z.unknown()).nullish() }).nullish(),
});

const Event = z.looseObject({
  resourcePreEvent: z.looseObject({ metadata: Step }).optional(),
  diagnosticEvent: z.looseObject({ urn: z.string().optional(), severity: z.string(), message: z.string() }).optional(),
  policyEvent: z
    .looseObject({
      resourceUrn: z.string().optional(),
      policyName: z.string(),
      message: z.string(),
      enforcementLevel: z.string(),
    })
    .optional(),
});

/** What a rule of a policy pack said against a resource, or against the stack. */
export interface PolicyFinding {
  readonly policy: string;
  /** Pulumi's name of the resource; none for a rule about the whole stack. */
  readonly resource: string | undefined;
  readonly message: string;
  /** Whether the stack can't be brought up with it. */
  readonly isMandatory: boolean;
}

/** A resource that something went wrong with. */
export interface FailedResource {
  /** Pulumi's type, e.g. `digitalocean:index/droplet:Droplet`. */
  readonly type: string;
  /** Pulumi's name of it. */
  readonly name: string;
  /** Pulumi's word for what was done to it: `create`, `update`, `delete`, `refresh`, … */
  readonly operation: string;
  /** What was asked for. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the provider said. */
  readonly error: string;
}

/** Keeps of a run's events what tells of failures, and what policies said. */
export class Failures {
  readonly #steps = new Map<string, z.output<typeof Step>>();
  readonly #errors = new Map<string, string>();
  readonly #findings: PolicyFinding[] = [];

  /** @param text JSON of one event */
  add(text: string): void {
    const parsed = Event.safeParse(JSON.parse(text));
    const { resourcePreEvent, diagnosticEvent, policyEvent } = parsed.data ?? {};
    if (resourcePreEvent) this.#steps.set(resourcePreEvent.metadata.urn, resourcePreEvent.metadata);
    if (diagnosticEvent?.urn && diagnosticEvent.severity === "error" && !this.#errors.has(diagnosticEvent.urn))
      this.#errors.set(diagnosticEvent.urn, diagnosticEvent.message);
    if (policyEvent) {
      this.#findings.push({
        policy: policyEvent.policyName,
        resource: policyEvent.resourceUrn?.split("::").at(-1),
        message: policyEvent.message.replace(/<\{%[^%]*%\}>/g, "").trim(),
        isMandatory: policyEvent.enforcementLevel === "mandatory",
      });
    }
  }

  /** What policies said, in its order. */
  findings(): readonly PolicyFinding[] {
    return this.#findings;
  }

  /** The first failure of each resource, in their order. */
  list(): readonly FailedResource[] {
    return [...this.#errors].flatMap(([urn, error]) => {
      const step = this.#steps.get(urn);
      if (step === undefined) return [];
      const inputs = step.new?.inputs ?? step.old?.inputs ?? {};
      return [{ type: step.type, name: urn.split("::").at(-1) ?? "", operation: step.op, inputs, error }];
    });
  }
}

/** Takes a run's events on loopback. */
export async function listenToEngine(): Promise<{ arguments: readonly string[]; failures: Failures; close(): void }> {
  const failures = new Failures();
  const server = new Server({ "grpc.max_receive_message_length": -1 });
  server.addService(EventsService, {
    streamEvents(call: ServerReadableStream<EventRequest, Empty>, done: sendUnaryData<Empty>) {
      call.on("data", (request: EventRequest) => failures.add(request.getEvent()));
      call.once("end", () => done(null, new Empty()));
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { arguments: ["--event-log", `tcp://127.0.0.1:${port}`], failures, close: () => server.forceShutdown() };
}
