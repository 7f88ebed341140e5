import type { Reason } from "../errors";

/** Most bytes of user data the cloud takes, decoded. */
const MOST = 16_384;
const FIELD = "metadata.user_data";

/** What is wrong with user data in base64. */
export function userDataFaults(encoded: string): Reason[] {
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(encoded) || encoded.replace(/\s/g, "").length % 4 !== 0) {
    return [{ reason: "Must be a valid base64 string", field: FIELD }];
  }
  if (Buffer.from(encoded, "base64").length > MOST) {
    return [{ reason: `Must not exceed ${MOST} bytes decoded`, field: FIELD }];
  }
  return [];
}

/** User data in base64 as cloud-init gets it; `null` for none. */
export function decodeUserData(encoded: string | null | undefined): string | null {
  return encoded ? Buffer.from(encoded, "base64").toString("utf8") : null;
}
