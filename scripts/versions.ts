/** Versions of what the checkout does not install through npm; raised together with package.json. */

/** The Pulumi CLI, and the newest release of it whose Go modules are served everywhere. */
export const pulumiVersion = "3.258.0";

/**
 * SHA-256 of the CLI's archives by platform, e.g. `linux-x64`. What stands here is downloaded. Anything else is built from Go modules, whose
 * sums stand in `scripts/setup/go` and are checked against Go's checksum database: that is another party than who serves the archive. A sum is only
 * put here once it was had from another place than the archive, such as a second distributor's recipe.
 */
export const pulumiSums: Readonly<Record<string, string>> = {};

/** The oldest CLI of a person's own that is used as it is. */
export const oldestPulumiVersion = "3.206.0";

/** Go module version of the Node language host; a CLI of one's own brings its own. */
export const languageHostVersion = "3.65.1";

/** Go module version of the S3 server that the sandbox starts where it is asked for one. */
export const objectStoreVersion = "1.8.0";
