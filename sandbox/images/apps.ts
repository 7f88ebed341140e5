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

/**
 * Stands in for `ruby:3.3-slim`. What cannot be had without rubygems.org is here as Debian packages it: Rails 7.2 with the gems it
 * brings, puma and the Postgres client, so that `bundle install --local` finds them.
 */
export function rubyRecipe(base: string): Recipe {
  return {
    name: "ruby",
    title: "Ruby app image",
    dockerfile: `${[
      `FROM ${base}`,
      aptInstall(["ruby", "bundler", "ruby-rails", "ruby-pg", "puma", "ruby-bootsnap"]),
      `ENV LANG=C.UTF-8 ${trust.join(" ")}`,
      `CMD ["irb"]`,
    ].join("\n")}\n`,
    files: {},
    tags: ["3.3"],
  };
}

/** What the image of nginx's makers says: one folder of configuration, logs where the engine collects them. */
const nginxConfiguration = `user www-data;
worker_processes auto;
pid /run/nginx.pid;
error_log /dev/stderr notice;
events {}
http {
  include /etc/nginx/mime.types;
  default_type application/octet-stream;
  access_log /dev/stdout;
  sendfile on;
  include /etc/nginx/conf.d/*.conf;
}
`;

/** Stands in for `nginx:1.26`: sites under `/etc/nginx/conf.d`, files under `/usr/share/nginx/html`, in the foreground, leaves in peace. */
export function nginxRecipe(base: string): Recipe {
  return {
    name: "nginx",
    title: "nginx app image",
    dockerfile: `${[
      `FROM ${base}`,
      aptInstall(["nginx"], { after: ["install -d /etc/nginx/conf.d /usr/share/nginx/html"] }),
      "COPY nginx.conf /etc/nginx/nginx.conf",
      "STOPSIGNAL SIGQUIT",
      `CMD ["nginx", "-g", "daemon off;"]`,
    ].join("\n")}\n`,
    files: { "nginx.conf": { content: nginxConfiguration } },
    tags: ["1.26"],
  };
}
