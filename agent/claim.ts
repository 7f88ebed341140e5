/** Which stack an app of this host belongs to. Several stacks can share a host; each has its own apps, and touches no other's. */
import { Failure } from "./failure";
import type { Files } from "./host";
import { appPaths } from "./paths";

/**
 * Marks an app as a stack's own, before anything is made for it. An app without a mark is taken over: an older engine made none.
 * @param stack `PROJECT/STACK`
 * @param mark what tells that stack from one of the same name in another state; see `markOf`. None from an older program
 * @throws Failure if the app is another stack's
 */
export async function claim(files: Files, app: string, stack: string, mark?: string): Promise<void> {
  await expectOwn(files, app, stack);
  if ((await ownerOf(files, app)) === undefined) await files.write(appPaths(app).stack, `${stack}\n`, 0o600);
  if (mark !== undefined) await files.write(appPaths(app).mark, `${mark}\n`, 0o600);
}

/** The mark of the stack that an app belongs to; none where an older program claimed it. */
export async function markOf(files: Files, app: string): Promise<string | undefined> {
  return (await files.read(appPaths(app).mark))?.trim();
}

/** @throws Failure if the app is another stack's */
export async function expectOwn(files: Files, app: string, stack: string): Promise<void> {
  const owner = await ownerOf(files, app);
  if (owner === undefined || owner === stack) return;
  throw new Failure(
    `app ${app} on this host belongs to stack ${owner}; stack ${stack} leaves it alone. ` +
      `Give the app another name in one of the two, or, if ${owner} is gone for good, take it off the host: sudo slipway remove ${app}`,
  );
}

/** The stack that an app belongs to, if it is marked; an empty mark is none. */
export async function ownerOf(files: Files, app: string): Promise<string | undefined> {
  return (await files.read(appPaths(app).stack))?.trim() || undefined;
}
