import { expect, it } from "vitest";
import { parse } from "yaml";
import { cloudInit } from "./cloudInit";

it("sets the host key and the deploy user, and nothing else", () => {
  const text = cloudInit({
    hostKey: { privateKey: "-----BEGIN\nkey\n-----END\n", publicKey: "ecdsa-sha2-nistp256 AAAA\n" },
    deployKey: "ssh-ed25519 BBBB\n",
  });
  expect(text.startsWith("#cloud-config\n")).toBe(true);
  expect(parse(text)).toEqual({
    ssh_deletekeys: true,
    ssh_keys: { ecdsa_private: "-----BEGIN\nkey\n-----END\n", ecdsa_public: "ecdsa-sha2-nistp256 AAAA" },
    users: [
      {
        name: "deploy",
        gecos: "Slipway",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: ["ssh-ed25519 BBBB"],
      },
    ],
  });
});
