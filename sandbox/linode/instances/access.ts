import { hash } from "bcryptjs";
import { z } from "zod";
import { fingerprint } from "../../cloud/publicKey";
import { USERNAME } from "../account/profile";
import type { Cloud } from "../cloud";
import type { Reason } from "../errors";
import type { Access } from "./model";

/** Rounds of the hash of a password: it guards a rehearsal's machine. */
const ROUNDS = 6;
const LEAST = 7;
const MOST = 128;

/** How root is to get in, as requests bring it. */
export const AskedAccess = z.object({
  root_pass: z.string().nullish(),
  authorized_keys: z.array(z.string()).nullish(),
  authorized_users: z.array(z.string()).nullish(),
});
/** @see AskedAccess */
export type AskedAccess = z.infer<typeof AskedAccess>;

/** What is wrong with the ways in that a request asks for. @param image whether something is made from an image, which needs one */
export function accessFaults(asked: AskedAccess, image: boolean): Reason[] {
  const keys = asked.authorized_keys ?? [];
  const users = asked.authorized_users ?? [];
  const faults: Reason[] = [];
  if (image && !asked.root_pass && keys.length === 0 && users.length === 0) {
    faults.push({ reason: "Must provide valid root_pass, authorized_keys, or authorized_users" });
  }
  if (asked.root_pass && (asked.root_pass.length < LEAST || asked.root_pass.length > MOST)) {
    faults.push({ reason: "Password does not meet strength requirement.", field: "root_pass" });
  }
  keys.forEach((key, index) => {
    if (!fingerprint(key)) faults.push({ reason: "Not a valid SSH key", field: `authorized_keys[${index}]` });
  });
  users.forEach((user, index) => {
    if (user !== USERNAME) faults.push({ reason: "User is not valid", field: `authorized_users[${index}]` });
  });
  return faults;
}

/** The ways in as they are kept; a user stands for the keys of the profile. */
export async function accessFrom(cloud: Cloud, asked: AskedAccess): Promise<Access> {
  const ofUsers = (asked.authorized_users ?? []).length > 0 ? cloud.state.keys.map((key) => key.publicKey) : [];
  return {
    sshKeys: [...new Set([...(asked.authorized_keys ?? []), ...ofUsers].map((key) => key.trim()))],
    passwordHash: asked.root_pass ? await hash(asked.root_pass, ROUNDS) : null,
  };
}
