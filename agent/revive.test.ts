import { beforeEach, describe, expect, it } from "vitest";
import { MemoryHost } from "./memory";
import { cannotWork, revivalText, revive, servicesOf } from "./revive";
import { HOST_SERVICES } from "./services";

let host: MemoryHost;
const starts = () => host.effects.filter((effect) => effect.startsWith("services.start"));
const problems = async () =>
  (await servicesOf(host)).flatMap(({ unit, problem }) => (problem === undefined ? [] : [`${unit} ${problem}`]));

beforeEach(async () => {
  host = new MemoryHost();
  const wants = "/etc/systemd/system/multi-user.target.wants";
  await host.files.link(`${wants}/slipway-media@17-main.service`, "slipway-media@.service");
  await host.files.link(`${wants}/slipway-repair.service`, "slipway-repair.service");
  await host.files.write("/etc/postgresql/17/main/start.conf", "# comment: manual\nauto\n", 0o644);
  await host.files.write("/etc/postgresql/16/old/start.conf", "manual\n", 0o644);
});

describe("a look at the services", () => {
  it("asks each; Postgres by each cluster and uploads by each app that start at boot", async () => {
    const found = await servicesOf(host);
    expect(found).toHaveLength(HOST_SERVICES.length);
    expect(found.filter(({ problem }) => problem !== undefined)).toEqual([]);
    expect(found.map(({ unit }) => unit).filter((unit) => unit.startsWith("postgresql"))).toEqual([
      "postgresql@17-main.service",
    ]);
    expect(starts()).toEqual([]);
  });

  it("leaves out a Postgres that its owner has disabled", async () => {
    host.units.set("postgresql.service", { file: "disabled" });
    host.units.set("postgresql@17-main.service", { active: "inactive" });
    expect(await problems()).toEqual([]);
  });

  it("asks the process, whatever systemd believes of it", async () => {
    host.units.set("docker.service", { answers: false });
    host.units.set("caddy.service", { active: "failed" });
    host.units.set("slipway-notify.timer", { active: "inactive" });
    expect(await problems()).toEqual([
      "caddy.service has failed",
      "docker.service runs and does not answer: no answer within 5 s",
      "slipway-notify.timer does not run",
    ]);
    expect(starts()).toEqual([]);
  });

  it("asks nobody again who has answered", async () => {
    host.units.set("caddy.service", { active: "failed" });
    await servicesOf(host);
    expect(host.effects.filter((effect) => effect === "services.ask edge").length).toBeGreaterThan(1);
    expect(host.effects.filter((effect) => effect === "services.ask ssh")).toHaveLength(1);
  });

  it("doesn't speak of what is back within a moment", async () => {
    host.units.set("caddy.service", { active: "activating" });
    host.onEffect = (name) => {
      if (name === "sleep") host.units.clear();
    };
    expect(await problems()).toEqual([]);
  });
});

describe("a revival", () => {
  it("touches nothing where all answer", async () => {
    expect(await revive(host, 0)).toEqual({ mended: [], failed: [] });
    expect(starts()).toEqual([]);
  });

  it.each(
    HOST_SERVICES.map(({ unit }) => unit.replace("@", "@17-main")),
  )("starts %s where it is down", async (unit) => {
    for (const [state, how] of [
      [{ active: "failed" }, unit],
      [{ active: "inactive" }, unit],
      [{ load: "masked", active: "inactive", file: "masked-runtime" }, `${unit} unmasked`],
    ] as const) {
      host.units.set(unit, state);
      host.effects.length = 0;
      const { mended, failed } = await revive(host, 0);
      expect(failed).toEqual([]);
      expect(mended).toHaveLength(1);
      expect(mended[0]).toContain(`(${unit}) did not run`);
      expect(starts()).toEqual([`services.start ${how}`]);
    }
  });

  it("starts anew what runs and is silent", async () => {
    host.units.set("caddy.service", { answers: false });
    expect(revivalText(await revive(host, 0))).toEqual([
      "the edge (caddy.service) ran and did not answer; it was started anew",
    ]);
    expect(starts()).toEqual(["services.start caddy.service anew"]);
  });

  it("waits for what is still coming up, as at a boot, before it lays a hand on it", async () => {
    host.units.set("docker.service", { active: "activating" });
    let polls = 0;
    host.onEffect = (name) => {
      if (name === "sleep" && ++polls === 60) host.units.clear();
    };
    expect(await revive(host, 120)).toEqual({ mended: [], failed: [] });
    expect(starts()).toEqual([]);
  });

  it("goes on to the others where one can't be started, and says why", async () => {
    host.units.set("caddy.service", { active: "failed" });
    host.units.set("ssh.service", { active: "inactive" });
    host.broken.set("services.start caddy", "Job for caddy.service failed");
    const revival = await revive(host, 0);
    expect(revivalText(revival)).toEqual([
      "SSH (ssh.service) did not run; it was started",
      "! the edge (caddy.service) has failed: Job for caddy.service failed; «journalctl -u caddy.service» says why",
    ]);
    expect(cannotWork(revival)).toBe(true);
  });
});
