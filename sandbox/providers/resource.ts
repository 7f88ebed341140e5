/** What a stand-in plugin says of itself: its resources and functions, as data and plain functions. */
import type { Properties, Value } from "./wire";

/** Where one operation writes what it has to say; the engine shows it beside the resource. */
export interface Log {
  /** A line that stays in the run's diagnostics. */
  (severity: "info" | "warning" | "error", message: string): void;
  /** A line that is shown while the operation runs. */
  (severity: "status", message: string): void;
}

/** The circumstances of one operation on one resource. */
export interface Call {
  /** The resource's name in the program. */
  readonly name: string;
  readonly log: Log;
  /** Fires when the user cancels the run. */
  readonly signal: AbortSignal;
}

/** A resource after an operation: its id and everything the state keeps of it. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** One wrong input. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/**
 * One type of resource. `create`, `read`, `update` and `delete` see plain values: no secrets' marks, nothing unknown.
 * They reject with an `Error` whose message is one clear line.
 */
export interface Resource {
  /** Inputs that must be given. */
  readonly required: readonly string[];
  /** Inputs whose change makes a new resource in place of the old. */
  readonly replaceOn: readonly string[];
  /** Outputs that are not inputs: not known before the resource is made. */
  readonly computed: readonly string[];
  /** Outputs of {@link computed} that an update may change, so that a preview of one doesn't know them. */
  readonly changing?: readonly string[];
  /** Inputs and outputs that are secret whoever gave them. */
  readonly secrets?: readonly string[];
  /** What the state says of an input that the program doesn't give. */
  readonly defaults?: Properties;
  /** Inputs that the other side chooses when the program doesn't give them. */
  readonly chosen?: readonly string[];
  /** Lists without order. */
  readonly sets?: readonly string[];
  /**
   * What is compared to decide whether anything changed. `inputs`: the old inputs with the new, part by part.
   * `state`: the state with the new inputs, so that what a refresh found counts too.
   */
  readonly compare: "inputs" | "state";
  /** Two of it can't stand side by side with the same `name`: where the name stays, the old must go before the new comes. */
  readonly uniqueName?: boolean;
  /** The inputs as the state is to keep them: with a made-up name, with nested defaults. `olds` are the last run's. */
  complete?(given: Properties, olds: Properties, name: string): Properties;
  /** The form of an input that the state keeps, where that isn't the input itself. */
  kept?(property: string, value: Value): Value;
  /** The part of a property of the state that is compared, where the other side adds to what the program gives. */
  compared?(property: string, value: Value): Value;
  /** Further mistakes in the inputs; never called for inputs that are not all known. */
  mistakes?(inputs: Properties): readonly Failure[];
  /** Parts whose difference alone, with `compare: "inputs"`, asks for nothing. */
  ignores?(path: string): boolean;
  /** What a preview knows of a resource to be made, where that isn't the inputs, the defaults and nothing else. */
  preview?(inputs: Properties, call: Call): Promise<Properties | undefined>;
  create(inputs: Properties, call: Call): Promise<Made>;
  /** The state as it is now, or `undefined` if there is no such resource any more. Without it the state is believed. */
  read?(id: string, state: Properties, call: Call): Promise<Properties | undefined>;
  /** Without it nothing is done, and the new inputs are kept. */
  update?(id: string, state: Properties, inputs: Properties, call: Call): Promise<Properties>;
  /** Without it nothing is done. */
  delete?(id: string, state: Properties, call: Call): Promise<void>;
}

/** One plugin. */
export interface Plugin {
  readonly name: string;
  /** By token, e.g. `random:index/randomId:RandomId`. */
  readonly resources: { readonly [token: string]: Resource };
  readonly functions?: { readonly [token: string]: (inputs: Properties, call: Call) => Promise<Properties> };
  /** Called once, before any resource, with the provider's settings. */
  configure?(settings: Properties): void;
}

/** An operation failed after the resource came to be: the state keeps it, and the next run goes on from there. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";
  readonly made: Made;
  constructor(made: Made, reason: string) {
    super(reason);
    this.made = made;
  }
}
