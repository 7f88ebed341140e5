/** What isn't a release and has several steps, for the fault table: how it is begun, and how its end is looked at. */
import { expect } from "vitest";
import { type Harbour, SECRET, type UnderWay } from "./harbour";
import { remainsOf } from "./outcome";
import type { Ssh } from "./ssh";

/** What has become of an operation that was hit: all of it is done, or it is as if it had never been begun. */
export type End = "finished" | "undone";

/** A row of the table for each of its steps. */
export interface Operation {
  readonly app: string;
  readonly steps: readonly string[];
  /** The unit it works with, as a pattern of systemctl's. */
  readonly service: string;
  /** Makes what all its cells need. */
  readonly prepare: () => Promise<void>;
  /** Brings the app to where a cell begins. */
  readonly before: () => Promise<void>;
  readonly begin: () => Promise<UnderWay>;
  /** Resolves with its end; rejects where the host isn't whole. */
  readonly whole: () => Promise<End>;
  /** Rejects if the host doesn't tell the same of it. `told` is what the client heard, and what was said to the journal since. */
  readonly said: (end: End, told: string) => Promise<void>;
}

/** The database of the app at first, the one it moves to, and the one that is filled with a copy. */
const [DATABASE, OTHER, COPY] = ["harbour", "harbour_two", "harbour_copy"] as const;
const POSTGRES = "postgresql@*.service";
const url = (name: string) => `postgres://harbour:${SECRET}@127.0.0.1/${name}`;

/** All operations, by name. The data of each is one word; a restore has a second one to undo. */
export function operationsOf(harbour: Harbour, ssh: () => Ssh): Readonly<Record<string, Operation>> {
  /** Where the app's data is: a move that is finished changes it. */
  let [here, there]: readonly [string, string] = [DATABASE, OTHER];
  const sql = async (database: string, ...commands: readonly string[]) => {
    const options = commands.map((text) => `-c "${text}"`).join(" ");
    const { code, output } = await harbour.sh(`sudo -u postgres psql -v ON_ERROR_STOP=1 -Atq ${options} ${database}`);
    if (code !== 0) throw new Error(output);
    return output.trim();
  };
  const words = (database: string) => sql(database, "SELECT string_agg(word, ',' ORDER BY word) FROM words");
  const fill = () =>
    sql(
      here,
      "DROP TABLE IF EXISTS words",
      "CREATE TABLE words (word text)",
      "ALTER TABLE words OWNER TO harbour",
      "INSERT INTO words VALUES ('then')",
    );
  const makeEmpty = (database: string) =>
    sql("postgres", `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`, `CREATE DATABASE ${database} OWNER harbour`);
  const manifestOn = async (database: string) => {
    const { image } = await harbour.image();
    const manifest = harbour.manifest(image, { database: true });
    return { ...manifest, environment: { ...manifest.environment, DATABASE_URL: url(database) } };
  };
  const release = async () => {
    await fill();
    const { code, output } = await harbour.release(await manifestOn(here));
    if (code !== 0) throw new Error(`a good release failed:\n${output}`);
  };
  const expectOpen = async () => {
    expect(await remainsOf(harbour)).toEqual([]);
    expect(await harbour.serving()).not.toMatch(/^none/);
  };

  return {
    restore: {
      app: "harbour",
      steps: ["maintenance page", "stop", "save the present state", "restore", "start again", "health"],
      service: POSTGRES,
      prepare: release,
      before: async () => void (await sql(here, "DELETE FROM words", "INSERT INTO words VALUES ('then'), ('now')")),
      begin: async () =>
        ssh().start(
          `sudo slipway restore harbour ${(await harbour.status()).apps.find(({ app }) => app === "harbour")?.release} --yes`,
        ),
      whole: async () => {
        await expectOpen();
        const found = await words(here);
        expect(["then", "now,then"]).toContain(found);
        return found === "then" ? "finished" : "undone";
      },
      said: async (end) => {
        const list = await harbour.sh("slipway restore harbour --list --json");
        const { restores } = JSON.parse(list.output) as { restores: { result: string }[] };
        expect(restores.at(-1)?.result).toBe(end === "finished" ? "restored" : "failed");
      },
    },
    move: {
      app: "harbour",
      steps: [
        ...["close for the move", "stop for the move", "dump for the move", "fill the new database"],
        ...["count on both sides", "edge", "open again"],
      ],
      service: POSTGRES,
      prepare: release,
      before: async () => {
        await fill();
        await makeEmpty(there);
      },
      begin: async () => ssh().release({ ...(await manifestOn(there)), move: { url: url(here), from: "host" } }),
      whole: async () => {
        await expectOpen();
        const app = "/var/lib/slipway/apps/harbour";
        const { output } = await harbour.sh(`cat ${app}/live.json`);
        const environment = await harbour.sh(
          `cat ${app}/releases/${(JSON.parse(output) as { release: number }).release}/env`,
        );
        const hasMoved = new RegExp(`^DATABASE_URL=.*/${there}\\b`, "m").test(environment.output);
        // The old one stays as it was in any case.
        for (const database of hasMoved ? [here, there] : [here]) expect(await words(database)).toBe("then");
        if (hasMoved) [here, there] = [there, here];
        return hasMoved ? "finished" : "undone";
      },
      said: async (end) => {
        const { result } = (await harbour.ledger()).at(-1) ?? {};
        expect(end === "finished" ? ["live"] : ["failed", "interrupted"]).toContain(result);
      },
    },
    copy: {
      app: "quay",
      steps: ["dump", "fill", "clear away"],
      service: POSTGRES,
      prepare: release,
      before: async () => {
        const { code, output } = await harbour.sh("slipway remove quay && slipway claim quay --stack acme/quay");
        if (code !== 0) throw new Error(output);
        await makeEmpty(COPY);
      },
      begin: async () => {
        const order = { from: "harbour", stack: "acme/quay", url: url(COPY) };
        return ssh().start("sudo slipway copy-database quay", JSON.stringify(order));
      },
      whole: async () => {
        expect((await harbour.sh("find /var/lib/slipway/apps/quay -name '*dump*'")).output).toBe("");
        const isThere = (await sql(COPY, "SELECT count(*) FROM pg_class WHERE relname = 'words'")) === "1";
        if (isThere) expect(await words(COPY)).toBe("then");
        return isThere ? "finished" : "undone";
      },
      // Of one that is finished there is nothing to be told but to who asked.
      said: async (end, told) => void (end === "undone" && expect(told).toMatch(/copy again|slipway: /)),
    },
    remove: {
      app: "wharf",
      steps: ["timers", "routes", "containers", "images", "volumes", "files"],
      service: "docker.service",
      prepare: async () => {},
      before: async () => void (await harbour.releaseGood({ app: "wharf", uploads: true })),
      begin: async () => ssh().start("sudo slipway remove wharf --volumes"),
      whole: async () => {
        const { output } = await harbour.sh(
          "docker ps -aq --filter label=slipway.app=wharf; docker volume ls -q --filter label=slipway.app=wharf; " +
            "find /var/lib/slipway -maxdepth 2 -name 'wharf*'",
        );
        expect(output).toBe("");
        expect(await harbour.serving("wharf")).toMatch(/^none/);
        return "finished";
      },
      said: async () => expect((await harbour.status()).apps.map(({ app }) => app)).not.toContain("wharf"),
    },
  };
}
