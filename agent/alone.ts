/** Whose apps a host has, and whether it can go with its stack. */
import { markOf, ownerOf } from "./claim";
import { Failure } from "./failure";
import type { Files } from "./host";
import { APPS } from "./paths";

/** An app that is marked as a stack's. */
export interface Tenant {
  readonly app: string;
  /** `PROJECT/STACK`. */
  readonly stack: string;
  /** What that stack marks as its own; see `claim.ts`. None where an older program claimed it. */
  readonly mark?: string;
}

/** Every app of the host that is marked as a stack's, whether anything of it is live or not. */
export async function tenants(files: Files): Promise<readonly Tenant[]> {
  const found = await Promise.all(
    (await files.list(APPS)).map(async (app) => ({
      app,
      stack: await ownerOf(files, app),
      mark: await markOf(files, app),
    })),
  );
  return found.flatMap(({ app, stack, mark }) =>
    stack === undefined ? [] : [{ app, stack, ...(mark !== undefined && { mark }) }],
  );
}

/**
 * Refuses while other stacks have apps on this host: they and their data would go with it.
 * @param stack `PROJECT/STACK` of the stack that the host belongs to
 * @throws Failure naming them
 */
export async function expectAlone(files: Files, stack: string): Promise<void> {
  const others = (await tenants(files)).filter(({ stack: owner }) => owner !== stack);
  if (others.length === 0) return;
  const stacks = [...new Set(others.map(({ stack }) => stack))].sort();
  const list = others.map(({ app, stack }) => `app ${app} of stack ${stack}`).sort();
  throw new Failure(
    `this host has tenants, who would lose their apps and data with it: ${list.join(", ")}. ` +
      `Destroy ${stacks.join(", ")} first; an app whose stack is gone for good is taken off the host with: sudo slipway remove APP --volumes`,
  );
}
