/** A public image. `size` in MB. */
export interface Image {
  readonly id: string;
  readonly label: string;
  readonly vendor: string;
  readonly size: number;
}

/** Id of the one image the sandbox's machines can start from. */
export const BOOTABLE = "linode/debian13";

/** The public images the sandbox lists. */
export const images: readonly Image[] = [
  { id: "linode/almalinux10", label: "AlmaLinux 10", vendor: "AlmaLinux", size: 3500 },
  { id: "linode/alpine3.23", label: "Alpine 3.23", vendor: "Alpine", size: 500 },
  { id: "linode/debian12", label: "Debian 12", vendor: "Debian", size: 1800 },
  { id: BOOTABLE, label: "Debian 13", vendor: "Debian", size: 1800 },
  { id: "linode/fedora43", label: "Fedora 43", vendor: "Fedora", size: 3000 },
  { id: "linode/rocky10", label: "Rocky Linux 10", vendor: "Rocky", size: 3500 },
  { id: "linode/ubuntu22.04", label: "Ubuntu 22.04 LTS", vendor: "Ubuntu", size: 3500 },
  { id: "linode/ubuntu24.04", label: "Ubuntu 24.04 LTS", vendor: "Ubuntu", size: 3500 },
];

/** The image of an id, or `undefined`. */
export function findImage(id: string): Image | undefined {
  return images.find((image) => image.id === id);
}
