/** Versions of what the checkout does not install through npm; raised together with package.json. */

/** The Pulumi CLI, and the newest release of it whose Go modules are served everywhere. */
export const pulumiVersion = "3.258.0";

/** The oldest CLI of a person's own that is used as it is. */
export const oldestPulumiVersion = "3.206.0";

/** Go module version of the Node language host; a CLI of one's own brings its own. */
export const languageHostVersion = "3.65.1";

/** Go module version of the S3 server that the sandbox starts where it is asked for one. */
export const objectStoreVersion = "1.8.0";
