import { expect, it } from "vitest";
import { releaseNumber } from "./appRelease";
import { type Content, contentHash, settleOrigin } from "./provenance";

const content: Content = {
  version: 1,
  app: "notes",
  processes: { web: { image: `r/notes@sha256:${"a".repeat(64)}`, compose: {}, replicas: 1, port: 8000, health: "/" } },
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

it("keeps who asked first while nothing changes", () => {
  const remembered = settleOrigin(content, undefined, first);
  expect(remembered.origin).toEqual(first);
  expect(settleOrigin({ ...content, environment: { B: "2", A: "1" } }, remembered, second)).toEqual(remembered);
});

it("takes who asks now when anything changes", () => {
  const remembered = settleOrigin(content, undefined, first);
  const changed = { ...content, environment: { A: "1", B: "3" } };
  expect(settleOrigin(changed, remembered, second)).toEqual({ content: contentHash(changed), origin: second });
});

it("reads the number from the engine's last line", () => {
  expect(releaseNumber("✓ pull 1.2 s\nrelease 12 of notes is live: http://notes.localhost\n")).toBe(12);
  expect(releaseNumber("release 3 of notes is already live\n")).toBe(3);
});
