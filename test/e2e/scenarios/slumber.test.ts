/** Rails behind an nginx of its own, on a managed database: examples/slumber as its page in docs/ promises it. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { answersAt } from "../../../scripts/rehearsal/knock";
import { ask, askConstantly, TestStack } from "../support/stack";

const stack = new TestStack(22, "slumber");
let url = "";

beforeAll(async () => {
  await stack.discard();
  url = (await stack.up()).url;
});
afterAll(() => stack.end());

/** Writes a night down, as the page's form does. */
async function write(night: Record<string, string>): Promise<number> {
  const page = await ask(url);
  const token = /name="authenticity_token" value="([^"]+)"/.exec(page.body)?.[1] ?? "";
  const cookies = [page.headers["set-cookie"] ?? []].flat().map((cookie) => cookie.split(";")[0]);
  const fields = Object.entries(night).map(([key, value]): [string, string] => [`night[${key}]`, value]);
  const answer = await ask(new URL("/nights", url).href, {
    method: "POST",
    body: new URLSearchParams([["authenticity_token", token], ...fields]).toString(),
    headers: {
      origin: new URL(url).origin,
      "content-type": "application/x-www-form-urlencoded",
      cookie: cookies.join("; "),
    },
  });
  return answer.status;
}
const release = async () => Number(/id="release">(\d+)</.exec((await ask(url)).body)?.[1]);
/** Runs a line of Ruby in the container of Rails; `rails` with the app loaded, `ruby` bare. */
const inRails = async (kind: "rails" | "ruby", program: string) => {
  const command = kind === "rails" ? "bin/rails runner -" : "ruby -rpg -";
  const { all } = await stack.sh(
    `docker exec -i $(docker ps -q --filter label=slipway.process=web) ${command}`,
    program,
  );
  return all;
};

it("db:prepare made the tables, and what is written stays", async () => {
  expect(await write({ date: "2026-02-01", minutes: "425", rest: "4" })).toBe(303);
  expect((await ask(url)).body).toContain("7 h 05");
  expect(await write({ date: "2026-02-01", minutes: "9999", rest: "4" })).toBe(422);
});

it("Rails goes by SQL_HOST and the others to the managed database on 25060, by TLS that is checked", async () => {
  const said = await inRails(
    "rails",
    `row = ActiveRecord::Base.connection.select_one("SELECT ssl, host(inet_server_addr()) AS host, inet_server_port() AS port, current_user AS who FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
config = ActiveRecord::Base.connection_db_config.configuration_hash
puts({ row:, sql: ENV.values_at("SQL_HOST", "SQL_PORT", "SQL_DATABASE", "SQL_USER"), asked: config.values_at(:host, :port, :database, :username), mode: config[:sslmode], url: config.key?(:url) || ENV.key?("DATABASE_URL"), nights: Night.count }.to_json)`,
  );
  const found = JSON.parse(said) as { row: Record<string, unknown>; sql: string[]; asked: unknown[] };
  const [cluster] = (await stack.cloud("/v2/databases")).databases as unknown as {
    connection: { host: string; port: number };
  }[];
  const { host, port } = cluster?.connection ?? { host: "none", port: 0 };
  expect(port).toBe(25060);
  expect(found).toEqual({
    row: { ssl: true, host, port, who: "slumber" },
    sql: [host, "25060", "slumber", "slumber"],
    asked: [host, 25060, "slumber", "slumber"],
    mode: "verify-full",
    url: false,
    nights: 1,
  });
});

it("the database answers to its authority's certificate alone, and to this machine alone", async () => {
  const connect = (options: string) =>
    inRails(
      "ruby",
      `login = { host: ENV["SQL_HOST"], port: ENV["SQL_PORT"], dbname: ENV["SQL_DATABASE"], user: ENV["SQL_USER"], password: ENV["SQL_PASSWORD"], connect_timeout: 5 }
begin; PG.connect(**login, ${options}); puts "connected"; rescue PG::Error => e; puts e.message; end`,
    );
  expect(await connect(`sslmode: "verify-full", sslrootcert: ENV["DATABASE_CA"]`)).toBe("connected");
  expect(await connect(`sslmode: "verify-full", sslrootcert: "/etc/ssl/certs/ca-certificates.crt"`)).toContain(
    "certificate verify failed",
  );
  expect(await connect(`sslmode: "disable"`)).toContain("no encryption");
  // The same address that has just answered the machine.
  const host = await inRails("ruby", `print ENV["SQL_HOST"]`);
  expect(await answersAt(host, 25060, 3_000)).toBe(false);
});

it("web and nginx run an image each: nginx serves what is under public/, Rails the rest", async () => {
  const [row] = JSON.parse(await stack.onMachine("slipway", "releases", "slumber", "--json")) as {
    images: Record<string, string>;
  }[];
  const images = row?.images ?? {};
  expect(Object.keys(images).sort()).toEqual(["nginx", "web"]);
  expect(new Set(Object.values(images)).size).toBe(2);
  const ids = "docker ps -q --filter label=slipway.app=slumber";
  const running = (await stack.sh(`docker inspect $(${ids}) --format '{{.Config.Image}}'`)).all;
  expect(running.split("\n").sort()).toEqual(Object.values(images).sort());
  const css = await ask(new URL("/slumber.css", url).href);
  expect([css.status, css.headers["cache-control"]]).toEqual([200, "no-cache"]);
  expect((await ask(url)).headers["x-request-id"]).toBeDefined();
  expect(css.headers["x-request-id"]).toBeUndefined();
  expect((await ask(new URL("/nights/none", url).href)).status).toBe(404);
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});

it("a Rails that does not start is not hidden by the one of the release before, and nobody notices", async () => {
  const load = askConstantly(url, 50);
  stack.edit("config/routes.rb", (text) => `raise "broken on purpose" if defined?(Rails::Server)\n${text}`);
  const outcome = await stack.verb("up", [stack.name]);
  expect(outcome.exitCode).toBe(1);
  expect(outcome.all).toContain("broken on purpose");
  expect((await load.stop()).failures).toEqual([]);
  expect(await release()).toBe(1);
});
