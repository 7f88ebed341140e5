import { aptInstall, type Recipe } from "./recipe";

const trust = [
  "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt",
  "REQUESTS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt",
  "PIP_CERT=/etc/ssl/certs/ca-certificates.crt",
  "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt",
];

/** The registry: TLS and login come with its configuration, see `registry/`. */
export function registryRecipe(base: string): Recipe {
  return {
    name: "registry",
    title: "registry image",
    dockerfile: `FROM ${base}\n${aptInstall(["docker-registry"])}\nCMD ["docker-registry", "serve", "/etc/sandbox/registry.yml"]\n`,
    files: {},
    tags: [],
  };
}

/** The certificate authority: its configuration comes later, see `acme/`. */
export function acmeRecipe(base: string): Recipe {
  return {
    name: "acme",
    title: "certificate authority image",
    dockerfile: `FROM ${base}\n${aptInstall(["pebble"])}\n`,
    files: {},
    tags: [],
  };
}

/**
 * Stands in for `python:3.13-slim`: `python` and `pip` on PATH, packages under `/usr/local/lib/python3.13`. Debian 13's
 * Python is a virtual environment at `/usr/local` here, so `pip install` and a copy of `/usr/local` work as there.
 */
export function pythonRecipe(base: string): Recipe {
  return {
    name: "python",
    title: "Python app image",
    dockerfile: `${[
      `FROM ${base}`,
      aptInstall(["python3", "python3-venv"], { after: ["python3 -m venv /usr/local"] }),
      `ENV LANG=C.UTF-8 PIP_DISABLE_PIP_VERSION_CHECK=1 ${trust.join(" ")}`,
      `CMD ["python3"]`,
    ].join("\n")}\n`,
    files: {},
    tags: ["3.13"],
  };
}

/** Stands in for `node:20-slim`: `node` and `npm` on PATH. */
export function nodeRecipe(base: string): Recipe {
  return {
    name: "node",
    title: "Node app image",
    dockerfile: `${[`FROM ${base}`, aptInstall(["nodejs", "npm"]), `ENV LANG=C.UTF-8 ${trust.join(" ")}`, `CMD ["node"]`].join("\n")}\n`,
    files: {},
    tags: ["20"],
  };
}
