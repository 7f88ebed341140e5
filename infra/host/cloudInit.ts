import { stringify } from "yaml";

/** What the first boot of a machine is told. */
export interface CloudInit {
  /** ECDSA host key pair of first contact, OpenSSH form. */
  readonly hostKey: { readonly privateKey: string; readonly publicKey: string };
  /** OpenSSH public key that may log in as `deploy`. */
  readonly deployKey: string;
}

/**
 * User data for a machine's first boot: the host key that makes first contact certain, and the user everything later
 * is done by. It is small and never grows: a change of user data replaces the machine on DigitalOcean and Linode.
 */
export function cloudInit({ hostKey, deployKey }: CloudInit): string {
  const document = {
    ssh_deletekeys: true,
    ssh_keys: { ecdsa_private: hostKey.privateKey, ecdsa_public: hostKey.publicKey.trim() },
    users: [
      {
        name: "deploy",
        gecos: "Slipway",
        shell: "/bin/bash",
        lock_passwd: true,
        sudo: "ALL=(ALL) NOPASSWD:ALL",
        ssh_authorized_keys: [deployKey.trim()],
      },
    ],
  };
  return `#cloud-config\n${stringify(document, { lineWidth: 0 })}`;
}
