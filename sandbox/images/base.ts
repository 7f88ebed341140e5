import { aptInstall, type ContextFile, type Recipe } from "./recipe";

/**
 * The ground of every other image: a bare Debian with the certificates this computer trusts.
 * @param rootfs image of the bare root file system
 * @param certificates PEM texts, see `hostCertificates`
 */
export function baseRecipe(rootfs: string, certificates: readonly string[]): Recipe {
  const files: Record<string, ContextFile> = {
    "trim.cfg": {
      // The folders stay: some packages link into them.
      content:
        "path-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*/*\npath-exclude=/usr/share/locale/*/LC_MESSAGES/*\n",
    },
  };
  certificates.forEach((content, index) => {
    files[`certificates/${String(index).padStart(3, "0")}.crt`] = { content: `${content}\n` };
  });
  const steps = [
    `FROM ${rootfs}`,
    "COPY trim.cfg /etc/dpkg/dpkg.cfg.d/trim",
    ...(certificates.length > 0 ? ["COPY certificates/ /usr/local/share/ca-certificates/host/"] : []),
    aptInstall(["ca-certificates"]),
  ];
  return { name: "base", title: "base image", dockerfile: `${steps.join("\n")}\n`, files, tags: [] };
}
