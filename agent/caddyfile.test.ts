import { describe, expect, test } from "vitest";
import { caddyfile } from "./caddyfile";
import type { Process, Route, Tls } from "./manifest";
import { record } from "./record.examples";
import { rootPath } from "./roots";

test("everything of an app", () => {
  expect(
    caddyfile([record()]),
  ).toBe(`# Written by slipway from the live releases. Changes made here by hand are lost at the next release.
{
	admin localhost:2019
	servers {
		protocols h1 h2
	}
	skip_install_trust
}

(from_visitors) {
	request_header -X-Script-Name
	request_header -X-Script_Name
	request_header -X_Script-Name
	request_header -X_Script_Name
	request_header -X-Forwarded-Prefix
	request_header -X-Forwarded_Prefix
	request_header -X_Forwarded-Prefix
	request_header -X_Forwarded_Prefix
	request_header -Script-Name
	request_header -Script_Name
}

shop.test {
	tls internal
	log {
		output file /var/log/caddy/shop.log {
			roll_size 20MiB
			roll_keep 5
		}
	}
	import from_visitors
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
			hide /etc/caddy/Caddyfile /Caddyfile
		}
	}
	handle {
		handle_path /static/* {
			encode zstd gzip
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
					hide /etc/caddy/Caddyfile /Caddyfile
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
			encode zstd gzip
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
    .replace(/^[\s\S]*?\n(?=(http:..)?shop[.]test \{)/, "")
    .split("\n")
    .slice(0, 4)
    .map((line) => line.trim());

test.each([
  [{ mode: "off" } as const, ["http://shop.test {", "log {"]],
  [{ mode: "acme" } as const, ["shop.test {", "log {"]],
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

describe("apps on one host name", () => {
  const image = `registry.test/x@sha256:${"a".repeat(64)}`;
  const one = (
    app: string,
    changes: Partial<Route>,
    more: Partial<Process> = {},
    sequence = 1,
    tls: Tls = { mode: "off" },
  ) => {
    const web = { image, compose: {}, replicas: 1, port: 8000, ...more };
    const { content, ...rest } = record({ app, tls, processes: { web } });
    const routes = [{ host: "one.test", process: "web", ...changes }];
    return { ...rest, origin: { ...rest.origin, sequence }, content: { ...content, routes } };
  };
  const lines = (text: string) => text.split("\n").map((line) => line.trim());

  test("stand in one site, the longest path first", () => {
    const text = caddyfile([
      one("home", {}),
      one("shop", { path: "/shop" }),
      one("admin", { path: "/shop/admin.v2", strip: true, cookiePath: true }),
    ]);
    expect(text.match(/^http.*\{$/gm)).toEqual(["http://one.test {"]);
    expect(lines(text).filter((line) => /^(@dots|@at|handle @at|handle @dots)/.test(line))).toEqual([
      "@dots vars_regexp {uri} (?i)^[^?]*([/\\\\]|%2f|%5c)([.]|%2e){1,2}([/\\\\?]|%2f|%5c|$)",
      "handle @dots {",
      "@at0 vars_regexp {uri} ^/shop/admin[.]v2([/?]|$)",
      "handle @at0 {",
      "@at1 vars_regexp {uri} ^/shop([/?]|$)",
      "handle @at1 {",
    ]);
    expect(text).toContain("output file /var/log/caddy/one.test.log");
    expect(text).not.toContain("no app answers to this path");
  });

  test("say under which path they stand, and are left the whole of it or the rest", () => {
    const kept = lines(
      caddyfile([one("shop", { path: "/shop" }, { static: { from: "/app/static", at: "/static/" } })]),
    );
    expect(kept).toContain("header_up X-Script-Name /shop");
    expect(kept).toContain("handle_path /shop/static/* {");
    expect(kept.join("\n")).not.toMatch(/strip_prefix|X-Forwarded-Prefix \/|redir|header_down/);
    expect(kept).toContain('respond "no app answers to this path" 404');

    const stripped = lines(
      caddyfile([
        one("shop", { path: "/shop", strip: true, cookiePath: true }, { static: { from: "/s", at: "/static/" } }),
      ]),
    );
    expect(stripped).toEqual(
      expect.arrayContaining([
        "@bare vars_regexp bare {uri} ^/shop([?].*)?$",
        "redir @bare /shop/{re.bare.1} 307",
        "uri strip_prefix /shop",
        "handle_path /static/* {",
        "header_up X-Script-Name /shop",
        "header_up X-Forwarded-Prefix /shop",
        'header_down Set-Cookie "(?i)(;\\s*path=)/shop/" "$1/"',
        'header_down Set-Cookie "(?i)(;\\s*path=)/shop(\\s*(;|$))" "$1/$2"',
        'header_down Set-Cookie "(?i)(;\\s*path=)/([^;\\s])" "$1/shop/$2"',
        'header_down Set-Cookie "(?i)(;\\s*path=)/(\\s*(;|$))" "$1/shop$2"',
      ]),
    );
  });

  test("have their uploads served below it, by a server of the app's own, what could run in a browser in a sandbox", () => {
    const media = { volume: "up", at: "/media/" };
    const text = caddyfile([one("shop", { path: "/shop" }, { media })]);
    expect(lines(text.slice(text.indexOf("handle_path"))).slice(0, 16)).toEqual([
      "handle_path /shop/media/* {",
      "header X-Content-Type-Options nosniff",
      expect.stringMatching(/^@active not path_regexp \(\?i\)\[\.\]\(.*\|png\|.*\)\$$/),
      `header @active Content-Security-Policy "default-src 'none'; style-src 'unsafe-inline'; sandbox"`,
      "rewrite * /up{path}",
      "reverse_proxy unix//run/slipway-media/shop/http.sock {",
      "lb_try_duration 3s",
      "lb_try_interval 50ms",
      "header_down -Server",
      "transport http {",
      "dial_timeout 2s",
      "response_header_timeout 10s",
      "read_timeout 30s",
      "compression off",
      "keepalive 1s",
      "}",
    ]);
    // What an app writes is neither opened nor compressed by the edge.
    expect(text).not.toContain("/var/lib/slipway/media");
    expect(text.match(/encode/g)).toHaveLength(1);
    expect(text).not.toMatch(/path_regexp.*(html|svg|xml|js)\b/);
  });

  test("that disagree about its certificate: the one released last decides", () => {
    const old = one("a", { path: "/a" }, {}, 1, { mode: "internal" });
    expect(caddyfile([old, one("b", { path: "/b" }, {}, 2)])).toMatch(/^http:\/\/one.test \{/m);
    expect(caddyfile([old, one("b", { path: "/b" }, {}, 0)])).toMatch(/^one.test \{\n\ttls internal/m);
  });

  test("are each closed for maintenance by themselves", () => {
    const text = caddyfile([one("a", { path: "/a" }), one("b", { path: "/b" })]);
    const site = text.slice(text.indexOf("http://one.test"));
    expect(site.match(/^\t\t@closed/gm)).toHaveLength(2);
    expect(site).not.toMatch(/^\t@closed/m);
  });
});

test("without any app", () => {
  expect(caddyfile([])).toContain(":80 {\n\trespond");
});

test("a private authority by the path of its root, HSTS unless the app says it itself", () => {
  const root = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n";
  const text = caddyfile([
    record({
      tls: { mode: "acme", email: "ops@example.com", directory: "https://ca.test/dir", root, hsts: 3600 },
    }),
  ]);
  expect(text).toContain(`shop.test {
	tls ops@example.com {
		ca https://ca.test/dir
		ca_root ${rootPath(root)}
	}
	header ?Strict-Transport-Security "max-age=3600"
	log {
`);
  expect(rootPath(root)).toMatch(/^\/var\/lib\/slipway\/roots\/[0-9a-f]{16}\.pem$/);
  expect(text).not.toContain("skip_install_trust");
});
