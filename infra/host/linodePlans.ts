/** The numbers of Linode's plans of generation 6, which is closed: Cloud Manager's list. Later generations are known by their form only. */
const sixth: Readonly<Record<string, readonly number[]>> = {
  nanode: [1],
  standard: [1, 2, 4, 6, 8, 16, 20, 24, 32],
  dedicated: [2, 4, 8, 16, 32, 48, 50, 56, 64],
};

/** Whether Linode may have a plan of this id, e.g. `g6-standard-2`: false only where it is known to have none. */
export function mayBePlan(id: string): boolean {
  const [, family = "", number = ""] = /^g6-([a-z]+)-(.+)$/.exec(id) ?? [];
  return family === "" || (sixth[family]?.includes(Number(number)) ?? false);
}
