import { z } from "zod";

/**
 * When an action that has begun is shown as completed. It never is before its machine is really there:
 * - `machine`: as soon as it is;
 * - `immediate`: the request that began it waits for it;
 * - `polls`: not before the action or its resource was read so many times;
 * - `seconds`: not before so many seconds have passed by the sandbox's clock.
 */
export const Transitions = z.discriminatedUnion("mode", [
  z.strictObject({ mode: z.literal("machine") }),
  z.strictObject({ mode: z.literal("immediate") }),
  z.strictObject({ mode: z.literal("polls"), polls: z.number().int().min(0).max(1000) }),
  z.strictObject({ mode: z.literal("seconds"), seconds: z.number().min(0).max(86_400) }),
]);
/** @see Transitions */
export type Transitions = z.infer<typeof Transitions>;

/** What a user of the sandbox may choose while it runs. */
export const Settings = z.strictObject({
  /** Root file system of machines made from now on. */
  machineImage: z.enum(["golden", "bare"]),
  transitions: Transitions,
});
/** @see Settings */
export type Settings = z.infer<typeof Settings>;

/** The settings of a fresh sandbox. */
export const defaultSettings: Settings = { machineImage: "golden", transitions: { mode: "machine" } };
