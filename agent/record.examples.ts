/** A record for tests. */
import type { ReleaseRecord } from "./record";

/** Release 3 of an app with two web replicas, static files and a worker. */
export function record(changes: Partial<ReleaseRecord["content"]> = {}): ReleaseRecord {
  const image = `registry.test/shop@sha256:${"a".repeat(64)}`;
  return {
    version: 1,
    release: 3,
    origin: { sequence: 1, actor: "ana" },
    environment: "fingerprint",
    ports: { web: [20_000, 20_001] },
    content: {
      version: 1,
      app: "shop",
      processes: {
        web: {
          image,
          compose: {},
          port: 8000,
          health: "/up",
          replicas: 2,
          static: { from: "/app/static", at: "/static/" },
        },
        worker: { image, compose: {}, replicas: 1 },
      },
      routes: [{ host: "shop.test", process: "web" }],
      tls: { mode: "internal" },
      secrets: [],
      volumes: [],
      keep: 3,
      limits: { health: 5, release: 60, drain: 10, settle: 0, watch: 2, lock: 5, wait: 1 },
      ...changes,
    },
  };
}
