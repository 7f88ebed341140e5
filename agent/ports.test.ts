import { expect, test } from "vitest";
import { freePorts } from "./ports";

const free = async () => true;

test("goes on from the highest that is held, skips what listens, comes round at the end", async () => {
  expect(await freePorts(2, [], free)).toEqual([20_000, 20_001]);
  expect(await freePorts(2, [20_003, 20_001], free)).toEqual([20_004, 20_005]);
  expect(await freePorts(1, [20_000], async (port) => port !== 20_001)).toEqual([20_002]);
  expect(await freePorts(3, [29_998, 20_000], free)).toEqual([29_999, 20_001, 20_002]);
});

test("says so when there is none", async () => {
  await expect(freePorts(1, [], async () => false)).rejects.toThrow("no 1 free ports between 20000 and 29999");
});
