// An app that can be as good or as bad as a test needs. What it does stands in behaviour.json beside it:
//   version     what GET / answers with
//   fault       what goes wrong, see `faults`; nothing where left out
//   after       milliseconds after which it goes wrong, for the faults that come later
//   abrupt      whether SIGTERM ends it at once, with all that is under way
// Run without arguments it serves on $PORT; `node app.js work` takes jobs; `node app.js migrate` is its release command.

const { createHash } = require("node:crypto");
const { readFileSync, appendFileSync, writeFileSync } = require("node:fs");
const { createServer } = require("node:http");

const behaviour = JSON.parse(readFileSync(`${__dirname}/behaviour.json`, "utf8"));
const { version, fault, after = 0, abrupt = false } = behaviour;

/** Milliseconds that GET /slow takes. */
const SLOW = 2000;
/** Milliseconds that one job of the worker takes. */
const JOB = 300;

const faults = ["crash", "unhealthy", "dies", "sickens", "memory", "port", "migration", "secret"];
if (fault !== undefined && !faults.includes(fault))
  throw new Error(`no fault ${fault}; there are ${faults.join(", ")}`);

const modes = { serve, work, migrate };
modes[process.argv[2] ?? "serve"]();

function serve() {
  // An app that cannot start often prints what it was configured with.
  if (fault === "secret") console.log(`connecting with ${process.env.TOKEN}`);
  if (fault === "crash" || fault === "secret") fail("harbour cannot start: its anchor is missing");
  if (fault === "dies") setTimeout(() => fail("harbour runs aground"), after);
  if (fault === "memory") setTimeout(fillMemory, after);
  const started = Date.now();
  const isUnfit = () => fault === "unhealthy" || (fault === "sickens" && Date.now() - started >= after);
  const server = createServer((request, response) => {
    const path = pathOf(request);
    if (path === "/healthz") return answer(response, isUnfit() ? 503 : 200, { version });
    if (path === "/slow") return setTimeout(() => answer(response, 200, { version, pid: process.pid }), SLOW);
    if (path === "/upload") return receive(request, response);
    if (path === "/echo") return echo(request, response);
    if (path.startsWith("/uploads/")) return keep(path.slice("/uploads/".length), request, response);
    answer(response, 200, { version, pid: process.pid });
  });
  server.listen(fault === "port" ? Number(process.env.PORT) + 1 : Number(process.env.PORT));
  process.on("SIGTERM", () => {
    if (abrupt) process.exit(0);
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}

/** The app's own path; where it stands under one that the edge keeps, SCRIPT_NAME says which. */
function pathOf(request) {
  const base = process.env.SCRIPT_NAME ?? "";
  const { pathname } = new URL(request.url, "http://harbour");
  return pathname.startsWith(`${base}/`) ? pathname.slice(base.length) : `outside ${base}`;
}

/** Says what was asked and what the app was told of its place, and sets two cookies. */
function echo(request, response) {
  const { SCRIPT_NAME: scriptName, PUBLIC_URL: publicUrl } = process.env;
  response.setHeader("set-cookie", ["berth=1; Path=/; HttpOnly", "crew=2; Path=/deck"]);
  answer(response, 200, { version, url: request.url, headers: request.headers, scriptName, publicUrl });
}

/** Keeps what is sent in the folder $UPLOADS, readable by the app's own user alone. */
function keep(name, request, response) {
  const pieces = [];
  request.on("data", (piece) => pieces.push(piece));
  request.on("end", () => {
    writeFileSync(`${process.env.UPLOADS}/${name}`, Buffer.concat(pieces), { mode: 0o600 });
    answer(response, 201, { version });
  });
}

function answer(response, status, body) {
  const text = JSON.stringify(body);
  response.writeHead(status, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
  response.end(text);
}

function receive(request, response) {
  const hash = createHash("sha256");
  let length = 0;
  request.on("data", (piece) => {
    hash.update(piece);
    length += piece.length;
  });
  request.on("end", () => answer(response, 200, { version, length, sha256: hash.digest("hex") }));
}

/** Jobs one after another; one that has begun is finished before the process ends. Each is a line in $JOBS, if that is set. */
function work() {
  if (fault === "crash") fail("the worker finds no work");
  if (fault === "dies") setTimeout(() => fail("the worker falls overboard"), after);
  let asked = false;
  process.on("SIGTERM", () => {
    asked = true;
    note("asked to end");
  });
  const next = () => {
    if (asked) {
      note("end");
      process.exit(0);
    }
    note("job begins");
    setTimeout(() => {
      note("job done");
      next();
    }, JOB);
  };
  note("start");
  next();
}

function note(what) {
  const line = JSON.stringify({ at: Date.now(), version, what });
  console.log(line);
  if (process.env.JOBS) appendFileSync(process.env.JOBS, `${line}\n`);
}

function migrate() {
  console.log(`harbour ${version}: looking at the tables`);
  if (fault === "migration") fail('column "berth" of relation "ships" already exists');
  console.log("nothing to migrate");
}

function fillMemory() {
  const kept = [];
  for (;;) kept.push(Buffer.alloc(8 * 1024 * 1024, 1));
}

function fail(reason) {
  console.error(reason);
  process.exit(1);
}
