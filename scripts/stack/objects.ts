/** The sandbox's S3 server as its README describes it. */

/** Its one account; it guards nothing. */
export const objectsLogin = { accessKey: "slipway", secretKey: "rehearsal-only" } as const;

/** Where it answers. @param slot 0 to 31 */
export function objectsUrl(slot: number): string {
  return `http://127.0.0.1:${8800 + slot}`;
}

/**
 * For `PULUMI_BACKEND_URL`: the bucket `state` of a server that speaks S3. Spaces and Object Storage are named the same way, with their own
 * endpoint and region.
 */
export function stateBackend(endpoint: string): string {
  return `s3://state?endpoint=${endpoint}&region=us-east-1&s3ForcePathStyle=true`;
}
