/** A public image. */
export interface Image {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly distribution: string;
}

/** Slug of the one image the sandbox's machines can start from. */
export const BOOTABLE = "debian-13-x64";

/** The public images the sandbox lists. */
export const images: readonly Image[] = [
  { id: 195932981, slug: BOOTABLE, name: "13 x64", distribution: "Debian" },
  { id: 194728801, slug: "debian-12-x64", name: "12 x64", distribution: "Debian" },
  { id: 195784316, slug: "ubuntu-24-04-x64", name: "24.04 (LTS) x64", distribution: "Ubuntu" },
  { id: 194729512, slug: "ubuntu-22-04-x64", name: "22.04 (LTS) x64", distribution: "Ubuntu" },
  { id: 194727303, slug: "rockylinux-9-x64", name: "9 x64", distribution: "Rocky Linux" },
  { id: 195784980, slug: "fedora-42-x64", name: "42 x64", distribution: "Fedora" },
];

/** The image of an id or slug, or `undefined`. */
export function findImage(idOrSlug: string): Image | undefined {
  return images.find((image) => image.slug === idOrSlug || String(image.id) === idOrSlug);
}
