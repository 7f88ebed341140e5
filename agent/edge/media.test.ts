import { expect, it } from "vitest";
import { mediaCaddyfile, mediaUnitText } from "./media";

it("an app's server has limits of its own, is started again for ever, and sees nothing but what it serves", () => {
  expect(mediaUnitText().split("\n")).toEqual(
    expect.arrayContaining([
      "StartLimitIntervalSec=0",
      "Restart=always",
      "TasksMax=64",
      "LimitNPROC=400",
      "MemoryMax=256M",
      "CPUWeight=20",
      "PrivateNetwork=yes",
      "ProtectSystem=strict",
      "InaccessiblePaths=-/etc/caddy -/var/lib/caddy -/var/log/caddy -/var/lib/slipway/apps",
    ]),
  );
});

it("serves files by volume and name, and neither folders nor what is hidden", () => {
  expect(mediaCaddyfile()).toBe(`# Written by «slipway setup».
{
	admin off
	auto_https off
}
http:// {
	bind unix//run/slipway-media/{$SLIPWAY_APP}/http.sock
	file_server {
		root /var/lib/slipway/media/{$SLIPWAY_APP}
		hide .*
		index .none
		disable_canonical_uris
	}
}
`);
});
