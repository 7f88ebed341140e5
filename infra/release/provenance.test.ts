import { expect, it } from "vitest";
import { releaseNumber } from "./appRelease";
import { type Content, contentHash, manifestText, settleProvenance } from "./provenance";

const image = (digit: string) => `r/notes@sha256:${digit.repeat(64)}`;
const web = { image: image("a"), compose: {}, replicas: 1, port: 8000, health: "/" };
const content: Content = {
  version: 1,
  app: "notes",
  processes: { web },
  routes: [{ host: "notes.localhost", process: "web" }],
  tls: { mode: "off" },
  environment: { A: "1", B: "2" },
  secrets: [],
  volumes: [],
  keep: 5,
  limits: { health: 60, release: 600, drain: 30, settle: 0, watch: 5, lock: 10, wait: 900 },
};
const first = { sequence: 1, actor: "alice", commit: "aaa" };
const second = { sequence: 2, actor: "bob", commit: "bbb" };

it("keeps who asked first while nothing changes, so that the host is sent the same text", () => {
  const remembered = settleProvenance(content, undefined, first);
  expect(remembered).toEqual({ content: contentHash(content), origin: first, images: { web: image("a") } });
  const again = settleProvenance({ ...content, environment: { B: "2", A: "1" } }, remembered, second);
  expect(again).toEqual(remembered);
  expect(manifestText(content, again)).toBe(manifestText(content, remembered));
});

it("takes who asks now when anything changes, and says what was asked for before", () => {
  const remembered = settleProvenance(content, undefined, first);
  const changed = { ...content, environment: { A: "1", B: "3" } };
  const settled = settleProvenance(changed, remembered, second);
  expect(settled).toEqual({
    content: contentHash(changed),
    origin: second,
    images: { web: image("a") },
    before: { web: image("a") },
  });
  expect(JSON.parse(manifestText(changed, settled)).before).toEqual({ web: image("a") });

  const rebuilt = { ...changed, processes: { web: { ...web, image: image("b") } } };
  const next = settleProvenance(rebuilt, settled, second);
  expect([next.images, next.before]).toEqual([{ web: image("b") }, { web: image("a") }]);
  expect(settleProvenance(rebuilt, next, first)).toEqual(next);
});

it("is asked for after the last one by a computer whose clock is behind, too", () => {
  const [year, now] = [365 * 86_400_000, Date.UTC(2026, 0, 1)];
  const remembered = settleProvenance(content, undefined, { sequence: now, actor: "alice" });
  const changed = { ...content, environment: { A: "3" } };
  expect(settleProvenance(changed, remembered, { sequence: now - year, actor: "bob" }).origin).toEqual({
    sequence: now + 1,
    actor: "bob",
  });
});

it("sends the same text again after an upgrade from a version that remembered no images, and knows them from then on", () => {
  const old = { content: contentHash(content), origin: first };
  const settled = settleProvenance(content, old, second);
  expect(settled).toEqual({ ...old, images: { web: image("a") } });
  expect(manifestText(content, settled)).toBe(manifestText(content, old));
  expect(manifestText(content, settled)).not.toContain("before");
  const changed = { ...content, environment: {} };
  expect(settleProvenance(changed, old, second)).not.toHaveProperty("before");
  expect(settleProvenance(changed, settled, second).before).toEqual({ web: image("a") });
});

it("reads the number from the engine's last line", () => {
  expect(releaseNumber("✓ pull 1.2 s\nrelease 12 of notes is live: http://notes.localhost\n")).toBe(12);
  expect(releaseNumber("release 3 of notes is already live\n")).toBe(3);
});
