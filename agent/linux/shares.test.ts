import { expect, it } from "vitest";
import { unitName, unitOf } from "./shares";

it("units are named as systemd names them, and those of one app never as another's begin", () => {
  expect(unitName("/var/lib/slipway/media/shop/media")).toBe("var-lib-slipway-media-shop-media");
  expect(unitName("/var/lib/slipway/media/shop-two/my_up.loads")).toBe(
    "var-lib-slipway-media-shop\\x2dtwo-my_up.loads",
  );
  expect(unitName("/var/lib/slipway/media/shop-two/x").startsWith(unitName("/var/lib/slipway/media/shop/"))).toBe(
    false,
  );
});

it("a volume is opened to be read, and nothing else", () => {
  const folder = "/var/lib/slipway/media/shop/media";
  const share = {
    source: "/data/volumes/shop_media/_data",
    folder,
    owner: { uid: 1000, gid: 0 },
    reader: { uid: 995, gid: 996 },
  };
  expect(unitOf("shop", share)).toBe(`# Written by slipway from the live release.
[Unit]
Description=slipway: uploads of shop, for the edge to read
Before=caddy.service

[Mount]
What=/data/volumes/shop_media/_data
Where=/var/lib/slipway/media/shop/media
Type=none
Options=bind,ro,nosuid,nodev,noexec,nosymfollow,X-mount.idmap=u:1000:995:1 g:0:996:1
LazyUnmount=yes

[Install]
WantedBy=multi-user.target
`);
});
