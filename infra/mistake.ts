import * as pulumi from "@pulumi/pulumi";

/**
 * An error that is the user's to mend: Pulumi shows its message, without a stack trace. It has no stack at all, because Pulumi formats one
 * in colour for its own traces, over which Node 20 takes many seconds.
 */
export function mistake(message: string): pulumi.RunError {
  const error = new pulumi.RunError(message);
  error.stack = "";
  return error;
}
