/** Whether a host can go with its stack, or other stacks have apps there. */
import { ownerOf } from "./claim";
import { Failure } from "./failure";
import type { Files } from "./host";
import { APPS } from "./paths";

/**
 * Refuses while other stacks have apps on this host: they and their data would go with it.
 * @param stack `PROJECT/STACK` of the stack that the host belongs to
 * @throws Failure naming them
 */
export async function expectAlone(files: Files, stack: string): Promise<void> {
  const apps = await Promise.all(
    (await files.list(APPS)).map(async (app) => ({ app, owner: await ownerOf(files, app) })),
  );
  const others = apps.filter(({ owner }) => owner !== undefined && owner !== stack);
  if (others.length === 0) return;
  const stacks = [...new Set(others.map(({ owner }) => owner))].sort();
  const list = others.map(({ app, owner }) => `app ${app} of stack ${owner}`).sort();
  throw new Failure(
    `this host has tenants, who would lose their apps and data with it: ${list.join(", ")}. ` +
      `Destroy ${stacks.join(", ")} first; an app whose stack is gone for good is taken off the host with: sudo slipway remove APP --volumes`,
  );
}
