/** Many apps on one machine: by host name, by paths of one, each by itself. */
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { failuresByReason } from "../../bench/loadResult";
import { Harbour } from "../faults/support/harbour";
import { beginLoad } from "../faults/support/load";
import { ask, TestStack } from "./support/stack";

const stack = new TestStack(14);
const harbour = new Harbour(stack);
const one = "one.localhost";
const crane = { host: one, path: "/crane", strip: true, cookiePath: true };
const base = { BASE: "slipway-sandbox/node:20" };
let port = "";

/** Settings of an app that is a copy of harbour. */
function boat(name: string, route: unknown, behaviour: object = {}) {
  const folder = join(stack.folder, name);
  mkdirSync(folder, { recursive: true });
  cpSync(join(process.cwd(), "test", "apps", "harbour"), folder, { recursive: true });
  writeFileSync(join(folder, "behaviour.json"), JSON.stringify({ version: name, ...behaviour }));
  return { folder, routes: [route], build: { args: base } };
}

const set = (app: string, settings: unknown) =>
  stack.configure((document) => document.setIn(["config", "slipway:apps", app], settings));

beforeAll(async () => {
  await stack.verb("sandbox", ["start", "--with", "node"]);
  stack.configure((document) => {
    document.setIn(["config", "slipway:apps", "notes", "routes"], [{ host: one, path: "/notes" }]);
    document.setIn(["config", "slipway:apps", "notes", "env", "DJANGO_ALLOWED_HOSTS"], one);
  });
  set("home", boat("home", "home.localhost"));
  set("crane", boat("crane", crane));
  port = new URL((await stack.up()).url).port;
  await harbour.find();
});
afterAll(() => stack.remove());

const at = (host: string, path: string, headers: Record<string, string> = {}) =>
  ask(`http://${host}:${port}${path}`, { headers: { host, ...headers } });

interface Echo {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly scriptName?: string;
  readonly publicUrl: string;
}
const echo = async (path: string, headers: Record<string, string> = {}) =>
  JSON.parse((await at(one, path, headers)).body) as Echo;

/** Status and body of a path that no client would send as it is. */
async function raw(path: string): Promise<string> {
  const { output } = await harbour.sh(
    `curl -s --path-as-is -w ' %{http_code}' -H 'Host: ${one}' 'http://127.0.0.1${path}'`,
  );
  return output;
}

describe("apps under paths of one host name", () => {
  it("are each reached there, and nowhere else", async () => {
    expect((await at("home.localhost", "/")).body).toContain('"version":"home"');
    expect((await at(one, "/crane/")).body).toContain('"version":"crane"');
    expect((await at(one, "/notes/")).body).toContain("<h1>Notes</h1>");
    for (const path of ["/", "/cranes", "/crane2/", "/static/harbour.css", "/healthz"])
      expect([path, (await at(one, path)).status]).toEqual([path, 404]);
  });

  it("take no other spelling of a path for theirs", async () => {
    for (const path of ["//crane/", "/CRANE/", "/%63rane/", "/crane%2f", "/crane;x/"])
      expect([path, await raw(path)]).toEqual([path, "no app answers to this path 404"]);
    for (const path of [
      "/crane/../notes/",
      "/crane/%2e%2e/notes/",
      "/crane/..%2fnotes/",
      "/x/../crane/",
      "/crane/.%2E",
      "/crane/..%5cx",
    ])
      expect([path, await raw(path)]).toEqual([path, "a path with . or .. in it 400"]);
    expect(await raw("/crane/.well-known/a..b?back=/../x")).toContain("200");
  });

  it("hear of their path from the edge alone", async () => {
    const lies = { "X-Script-Name": "/x", X_Script_Name: "/x", SCRIPT_NAME: "/x", "X-Forwarded-Prefix": "/x" };
    const { url, headers, scriptName, publicUrl } = await echo("/crane/echo", lies);
    expect({ url, scriptName, publicUrl }).toEqual({
      url: "/echo",
      scriptName: undefined,
      publicUrl: `http://${one}/crane`,
    });
    const names = Object.keys(headers).filter((name) => /script|prefix/i.test(name));
    expect(names.sort().map((name) => [name, headers[name]])).toEqual([
      ["x-forwarded-prefix", "/crane"],
      ["x-script-name", "/crane"],
    ]);
    const home = JSON.parse((await at("home.localhost", "/echo", lies)).body) as Echo;
    expect(Object.keys(home.headers).filter((name) => /script|prefix/i.test(name))).toEqual([]);
  });

  it("have links, cookies and files below it", async () => {
    const bare = await at(one, "/crane");
    expect([bare.status, bare.headers.location]).toEqual([307, "/crane/"]);
    expect((await at(one, "/crane/echo")).headers["set-cookie"]).toEqual([
      "berth=1; Path=/crane; HttpOnly",
      "crew=2; Path=/crane/deck",
    ]);
    const css = await at(one, "/crane/static/harbour.css");
    expect([css.status, css.headers["content-type"]]).toEqual([200, "text/css; charset=utf-8"]);

    const board = (await at(one, "/notes/")).body;
    const style = /href="([^"]+\.css)"/.exec(board)?.[1] ?? "";
    expect(style).toMatch(/^\/notes\/static\/board\/board\.[0-9a-f]+\.css$/);
    expect((await at(one, style)).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });
});

describe("uploads", () => {
  const put = (name: string, body: string) =>
    ask(`http://${one}:${port}/crane/uploads/${name}`, { method: "PUT", body, headers: { host: one } });
  const media = (name: string) => at(one, `/crane/media/${name}`);

  it("are served from the app's volume, even those it keeps to itself", async () => {
    for (const name of ["a.txt", "page.html", "bare", "drawing.svg", "photo.png", ".secret"])
      await put(name, `<p>${name}`);
    const { status, body, headers } = await media("a.txt");
    expect([status, body, headers["x-content-type-options"]]).toEqual([200, "<p>a.txt", "nosniff"]);
    for (const name of ["page.html", "bare", "drawing.svg"])
      expect([name, (await media(name)).headers["content-security-policy"]]).toEqual([
        name,
        expect.stringMatching(/sandbox$/),
      ]);
    expect((await media("photo.png")).headers).not.toHaveProperty("content-security-policy");
    for (const name of [".secret", "", "none"]) expect([name, (await media(name)).status]).toEqual([name, 404]);
    expect((await at("home.localhost", "/media/a.txt")).status).toBe(404);
  });

  it("lead nowhere else, whatever links an app makes", async () => {
    const targets = { passwd: "/etc/passwd", page: "a.txt", up: "../../home/uploads", keys: "/var/lib/caddy/.local" };
    for (const [name, target] of Object.entries(targets)) {
      const { code } = await harbour.sh(
        `docker exec $(docker ps -q --filter label=slipway.app=crane) ln -s ${target} /uploads/${name}`,
      );
      expect(code).toBe(0);
      const { status, body } = await media(name);
      expect([name, status === 200 ? body : "refused"]).toEqual([name, "refused"]);
    }
    expect((await harbour.sh("touch /var/lib/slipway/media/crane/uploads/x")).output).toContain(
      "Read-only file system",
    );
  });

  it("hold nobody up but whoever asks for them, whatever an app puts there", async () => {
    const made = await harbour.sh(
      `docker exec -i $(docker ps -q --filter label=slipway.app=crane) sh -c '
        cd /uploads && mkdir pipes many && mkfifo pipes/one && mknod disk b 1 0 && mknod zero c 1 5
        truncate -s 1T huge.txt && touch "new
line" && chmod 6755 a.txt && ln -s loop loop && ln a.txt hard.txt
        node -e "require(\\"net\\").createServer().listen(\\"/uploads/socket\\", () => process.kill(process.pid, 9))"
        node -e "for (let i = 0; i < 20000; i++) require(\\"fs\\").writeFileSync(\\"/uploads/many/\\" + i, \\"\\")"; true'`,
    );
    expect(made.code, made.output).toBe(0);
    for (const name of ["disk", "zero", "socket", "loop", "many", "many/", "pipes/"]) {
      const { status } = await media(name);
      expect([name, status >= 400]).toEqual([name, true]);
    }
    expect((await media("hard.txt")).body).toBe("<p>a.txt");
    expect((await media("new%0Aline")).status).toBe(200);
    const load = await beginLoad(harbour, { app: "home", scale: 0.1 });
    const flood = `const { Agent, get } = require("node:http");
      const agent = new Agent({ maxSockets: Infinity });
      const ask = (host, path, limit) => new Promise((resolve) => {
        const sent = get({ agent, host: "127.0.0.1", path, headers: { host }, signal: AbortSignal.timeout(limit) }, (answer) => {
          answer.on("data", () => {}).on("error", () => resolve("cut")).on("end", () => resolve(answer.statusCode));
        });
        sent.on("error", () => resolve("none"));
      });
      const held = Array.from({ length: 600 }, () => ask("${one}", "/crane/media/pipes/one", 20000));
      held.push(ask("${one}", "/crane/media/huge.txt", 3000));
      (async () => {
        const seen = new Set();
        for (const end = Date.now() + 8000; Date.now() < end; )
          for (const [host, path] of [["home.localhost", "/"], ["${one}", "/notes/"]]) seen.add(await ask(host, path, 5000));
        console.log([...seen].join(), [...new Set(await Promise.all(held))].sort().join());
        process.exit();
      })();`;
    const held = await harbour.sh(`node -e '${flood}'; systemctl show --property NRestarts caddy`);
    expect(held.output).toMatch(/^200 (502|504|cut|none|,)+\nNRestarts=0$/);
    expect(failuresByReason(await load.stop())).toEqual({});
    const pipes = await harbour.sh("rm -r /var/lib/docker/volumes/crane_uploads/_data/{pipes,huge.txt,disk,zero,many}");
    expect(pipes.code, pipes.output).toBe(0);
    await expect.poll(async () => (await media("a.txt")).status, { timeout: 10_000 }).toBe(200);
  });

  it("stay over a release, which takes their owner's place again", async () => {
    boat("crane", crane, { abrupt: true });
    await stack.up();
    const { status, body } = await media("a.txt");
    expect([status, body]).toEqual([200, "<p>a.txt"]);
    expect((await harbour.status()).apps.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

describe("each app by itself", () => {
  it("reaches neither another's processes nor another's database", async () => {
    const { output } = await harbour.sh(
      `set -e; id() { docker ps -q --filter label=slipway.app=$1; }
      address=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' $(id crane))
      try='const s=require("net").connect({host:process.argv[1],port:8000,timeout:3000});
        for (const e of ["connect","timeout","error"]) s.on(e,()=>{console.log(e);process.exit()})'
      docker exec $(id crane) node -e "$try" $address; docker exec $(id home) node -e "$try" $address
      url=$(docker exec $(id home) printenv DATABASE_URL)
      psql "\${url/@*/@127.0.0.1:5432/home}" -Atc 'SELECT current_user'
      psql "\${url/@*/@127.0.0.1:5432/crane}" -Atc 'SELECT 1' 2>&1 | grep -o 'permission denied for database "crane"'`,
    );
    expect(output.split("\n")).toEqual(["connect", "timeout", "home", 'permission denied for database "crane"']);
  });

  it("is closed for maintenance by itself", async () => {
    await harbour.sh("slipway maintenance crane on");
    expect([(await at(one, "/crane/")).status, (await at(one, "/notes/")).status]).toEqual([503, 200]);
    await harbour.sh("slipway maintenance crane off");
    expect((await at(one, "/crane/")).status).toBe(200);
  });

  it("fails by itself: others lose no request while one gets worse", async () => {
    const load = await beginLoad(harbour, { app: "home", scale: 0.3 });
    boat("crane", crane, { fault: "crash" });
    const { exitCode, all } = await stack.verb("up");
    expect(exitCode, all).not.toBe(0);
    expect(all).toContain("release 3 of crane failed at step «health»");
    const { asked, ...result } = await load.stop();
    expect(failuresByReason(result)).toEqual({});
    expect(asked).toBeGreaterThan(100);
    expect((await at(one, "/crane/")).body).toContain('"version":"crane"');
  });

  it("gives the edge nothing but files and folders, on a mount that knows no device", async () => {
    const { folder } = boat("crane", crane);
    appendFileSync(join(folder, "Dockerfile"), "\nRUN mknod static/disk b 1 0\n");
    const { exitCode, all } = await stack.verb("up");
    expect(exitCode, all).not.toBe(0);
    expect(all).toContain("static files of process web: disk is a device; only files and folders can be served");
    expect((await at(one, "/crane/static/disk")).status).toBe(404);
    expect((await at(one, "/crane/static/harbour.css")).status).toBe(200);
    const { output } = await harbour.sh(
      "findmnt -no OPTIONS -T /var/lib/slipway/apps/crane; find /var/lib/slipway/apps/*/releases/*/static ! -type f ! -type d",
    );
    for (const option of ["nodev", "nosuid", "noexec"]) expect(output.split("\n")[0]?.split(",")).toContain(option);
    expect(output.split("\n")).toHaveLength(1);
  });

  it("comes to a machine without a change to the others", async () => {
    boat("crane", crane);
    set("late", boat("late", one));
    const load = await beginLoad(harbour, { app: "home", scale: 0.3 });
    const { stdout } = await stack.verb("pulumi", ["preview", "--diff"]);
    expect(stdout).not.toMatch(/^\s*[~+-]+.*(home|notes)-(release|database|image)/m);
    const { changes } = await stack.up();
    expect(changes).not.toContain("replace");
    const { ...result } = await load.stop();
    expect(failuresByReason(result)).toEqual({});
    expect((await at(one, "/")).body).toContain('"version":"late"');
    expect((await at(one, "/notes/")).body).toContain("<h1>Notes</h1>");
    const rows = async (app: string) => (await harbour.ledger(app)).filter(({ result: how }) => how === "live").length;
    expect([await rows("home"), await rows("notes"), await rows("late")]).toEqual([1, 1, 1]);
  });
});
