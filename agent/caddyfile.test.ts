import { expect, test } from "vitest";
import { caddyfile } from "./caddyfile";
import { record } from "./record.examples";

test("everything of an app", () => {
  expect(
    caddyfile([record()]),
  ).toBe(`# Written by slipway from the live releases. Changes made here by hand are lost at the next release.
{
	admin localhost:2019
	servers {
		protocols h1 h2
	}
}

shop.test {
	tls internal
	encode zstd gzip
	log {
		output file /var/log/caddy/shop.log {
			roll_size 20MiB
			roll_keep 5
		}
	}
	@closed {
		file {
			root /var/lib/slipway/maintenance/shop
			try_files /page.html
		}
	}
	handle @closed {
		header Retry-After 120
		header Cache-Control no-store
		request_header -If-*
		request_header -Range
		rewrite * /page.html
		file_server {
			root /var/lib/slipway/maintenance/shop
			status 503
		}
	}
	handle {
		handle_path /static/* {
			@there {
				file {
					root /var/lib/slipway/edge/shop/static/web
					try_files /*{path}
				}
			}
			handle @there {
				@hashed path_regexp [.-][0-9a-f]{8,64}\\.
				header @hashed Cache-Control "public, max-age=31536000, immutable"
				rewrite {http.matchers.file.relative}
				file_server {
					root /var/lib/slipway/edge/shop/static/web
					precompressed br gzip
				}
			}
			handle {
				error 404
			}
		}
		@open {
			file {
				root /var/lib/slipway/edge/shop/ports/web/2
				try_files /*.ports
			}
		}
		handle @open {
			map {http.matchers.file.relative} {port0} {port1} {
				~^/?[0-9]+-([0-9]+)-([0-9]+)[.]ports$ \${1} \${2}
			}
			reverse_proxy 127.0.0.1:{port0} 127.0.0.1:{port1} {
				lb_try_duration 2s
				lb_try_interval 50ms
				lb_policy least_conn
				fail_duration 2s
				transport http {
					keepalive 1s
				}
			}
		}
		handle {
			respond "no release of this app is live" 503
		}
	}
}

:80 {
	respond "no app answers to this host name" 404
}
`);
});

test("neither the release nor its ports are in it, so that the next one leaves it as it is", () => {
  expect(caddyfile([{ ...record(), release: 4, ports: { web: [1, 2] } }])).toBe(caddyfile([record()]));
});

const siteOf = (changes: Parameters<typeof record>[0]) =>
  caddyfile([record(changes)])
    .split("\n")
    .slice(8, 12)
    .map((line) => line.trim());

test.each([
  [{ mode: "off" } as const, ["http://shop.test {", "encode zstd gzip"]],
  [{ mode: "acme" } as const, ["shop.test {", "encode zstd gzip"]],
  [{ mode: "acme", email: "a@b.test" } as const, ["shop.test {", "tls a@b.test"]],
  [{ mode: "acme", directory: "https://ca.test/dir" } as const, ["shop.test {", "tls {", "ca https://ca.test/dir"]],
  [
    { mode: "acme", email: "a@b.test", directory: "https://ca.test/dir" } as const,
    ["shop.test {", "tls a@b.test {", "ca https://ca.test/dir"],
  ],
])("tls %j", (tls, expected) => {
  expect(siteOf({ tls }).slice(0, expected.length)).toEqual(expected);
});

test("apps and hosts stand in the order of their names, whatever order they come in", () => {
  const routes = [
    { host: "www.shop.test", process: "web" },
    { host: "shop.test", process: "web" },
  ];
  const blog = record({ app: "blog", routes: [{ host: "z.test", process: "web" }] });
  const text = caddyfile([record({ routes }), blog]);
  expect(text.match(/^[a-z.]+ \{$/gm)).toEqual(["z.test {", "shop.test {", "www.shop.test {"]);
  expect(caddyfile([blog, record({ routes: [...routes].reverse() })])).toBe(text);
});

test("without any app", () => {
  expect(caddyfile([])).toContain(":80 {\n\trespond");
});
