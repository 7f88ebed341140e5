import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { handOver } from "./interruption";

function running({ isTerminal = false } = {}) {
  const signals = new EventEmitter() as unknown as NodeJS.Process & EventEmitter;
  const told: string[] = [];
  const interruption = handOver({ kill: (signal) => told.push(signal) > 0 }, { signals, isTerminal });
  return { interruption, told, say: (signal: NodeJS.Signals) => signals.emit(signal, signal), signals };
}

it("Pulumi hears once that it is to end, however often a runner says so", () => {
  const { interruption, told, say } = running();
  expect(interruption.signal).toBeUndefined();
  say("SIGTERM");
  say("SIGINT");
  say("SIGTERM");
  expect(told).toEqual(["SIGINT"]);
  expect(interruption.signal).toBe("SIGTERM");
});

it("a person's second Ctrl-C is handed on, too", () => {
  const { told, say } = running({ isTerminal: true });
  say("SIGINT");
  say("SIGINT");
  say("SIGTERM");
  expect(told).toEqual(["SIGINT", "SIGINT"]);
});

it("signals are the process's own again when the run is over", () => {
  const { interruption, told, say, signals } = running();
  interruption.end();
  say("SIGINT");
  expect(told).toEqual([]);
  expect(signals.listenerCount("SIGINT")).toBe(0);
});
