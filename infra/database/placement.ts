import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseAccess } from "./access";

/** A database that an app has, wherever it is. */
export interface Placement {
  /** Holds a password. */
  readonly access: pulumi.Output<DatabaseAccess>;
  /** What a release that uses it waits for. */
  readonly ready: readonly pulumi.Resource[];
}
