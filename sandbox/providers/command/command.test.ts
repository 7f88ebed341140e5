import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { driver, keptCall } from "../testing";
import { assetValue, type Properties, unknown } from "../wire";
import { command } from "./command";
import { keyPair, type TestServer, testServer } from "./testServer";

const login = keyPair();
const stranger = keyPair();
const folder = mkdtempSync(join(tmpdir(), "slipway-command-"));
let server: TestServer;
let connection: Properties;

beforeAll(async () => {
  server = await testServer({ publicKey: login.public, folder, acceptEnv: ["GREETING"] });
  connection = {
    host: "127.0.0.1",
    port: server.port,
    privateKey: login.private,
    hostKey: server.hostKey,
    dialErrorLimit: 0,
  };
});

afterAll(() => {
  server.stop();
  rmSync(folder, { recursive: true });
});

const remote = (kept = keptCall()) => driver(command, "command:remote:Command", kept);

describe("remote.Command", () => {
  it("runs with its standard input, and keeps both streams without their last line break", async () => {
    const { id, outputs } = await remote(keptCall("hello")).create({
      connection,
      create: "cat; echo; echo oops >&2",
      stdin: "from stdin\n",
    });
    expect(id).toMatch(/^hello[0-9a-f]{8}$/);
    expect(outputs).toMatchObject({ stdout: "from stdin\n", stderr: "oops" });
  });

  it("keeps the connection with its defaults, as a secret", () => {
    const { inputs } = { inputs: remote().check({}, { connection: { host: "h", proxy: { host: "p" } } }) };
    const defaults = { dialErrorLimit: 10, perDialTimeout: 15, port: 22, user: "root" };
    expect(inputs.connection).toEqual({ ...defaults, host: "h", proxy: { ...defaults, host: "p" } });
    expect(remote().resource.secrets).toEqual(["connection"]);
  });

  it("leaves a connection alone that isn't known yet", () => {
    expect(remote().check({}, { connection: unknown })).toEqual({ connection: unknown });
  });

  it.each([
    ["stdoutAndStderr", ["status: out", "status: err"]],
    ["stdout", ["status: out"]],
    ["stderr", ["status: err"]],
    ["none", []],
  ])("with logging %s shows %j", async (logging, shown) => {
    const kept = keptCall();
    await remote(kept).create({ connection, logging, create: "echo out; sleep 0.1; echo err >&2" });
    expect(kept.lines).toEqual(shown);
  });

  it("fails with the exit status, the command and all of its output", async () => {
    await expect(remote().create({ connection, create: 'echo "out"; exit 3' })).rejects.toThrow(
      'Process exited with status 3: running "echo \\"out\\"; exit 3":\nout\n',
    );
    await expect(remote().create({ connection, create: "kill -9 $$" })).rejects.toThrow(
      "Process exited from signal KILL: running",
    );
  });

  it("runs update, or else create, and delete with what the state says", async () => {
    const thing = remote();
    const held = await thing.create({
      connection,
      create: "echo 1",
      delete: "echo gone",
      addPreviousOutputInEnv: false,
    });
    const again = await thing.update(held, { ...held.inputs, create: "echo 2" });
    expect(again.outputs.stdout).toBe("2");
    const third = await thing.update(again, { ...again.inputs, update: "echo 3" });
    expect(third.outputs.stdout).toBe("3");
    await thing.delete(third);
    expect(server.commands.slice(-4)).toEqual(["echo 1", "echo 2", "echo 3", "echo gone"]);
  });

  it("does nothing without a command", async () => {
    const before = server.commands.length;
    const held = await remote().create({ connection });
    await remote().delete(held);
    expect(held.outputs).toMatchObject({ stdout: "", stderr: "" });
    expect(server.commands.length).toBe(before);
  });

  it("compares inputs part by part, and is made anew for its triggers", async () => {
    const thing = remote();
    const held = await thing.create({ connection, create: "true", triggers: ["a", { b: 1 }] });
    expect(thing.diff(held, { connection, create: "true", triggers: ["a", { b: 1 }] }).parts).toEqual({});
    expect(thing.diff(held, { connection, create: "true", triggers: ["a", { b: 2 }] })).toMatchObject({
      parts: { "triggers[1].b": "update" },
      replaces: ["triggers"],
      deleteFirst: false,
    });
    expect(
      thing.diff(held, { connection: { ...connection, user: "me" }, create: "true", triggers: ["a", { b: 1 }] }).parts,
    ).toEqual({
      "connection.user": "update",
    });
  });

  it("sets the variables that the server accepts, and fails for others", async () => {
    const { outputs } = await remote().create({
      connection,
      create: "echo $GREETING",
      environment: { GREETING: "hi" },
    });
    expect(outputs.stdout).toBe("hi");
    await expect(remote().create({ connection, create: "true", environment: { OTHER: "x" } })).rejects.toThrow(
      'could not set environment variable "OTHER": the SSH server must allow it with AcceptEnv',
    );
  });

  it("goes on without the previous output where the server doesn't accept it", async () => {
    const kept = keptCall();
    const thing = remote(kept);
    const held = await thing.create({ connection, create: "echo 1", logging: "none" });
    await thing.update(held, { ...held.inputs, create: "echo 2" });
    expect(kept.lines).toEqual([expect.stringMatching(/^warning: Unable to set 'PULUMI_COMMAND_STDOUT'/)]);
  });
});

describe("a connection", () => {
  it("never goes on with another host key than the pinned one", async () => {
    const before = server.commands.length;
    const wrong = { ...connection, hostKey: stranger.public };
    await expect(remote().create({ connection: wrong, create: "true" })).rejects.toThrow(
      /^127\.0\.0\.1:\d+ showed the host key SHA256:\S+, but connection\.hostKey is SHA256:\S+; the connection was refused$/,
    );
    expect(server.commands.length).toBe(before);
  });

  it("says who was not let in", async () => {
    await expect(
      remote().create({ connection: { ...connection, privateKey: stranger.private, user: "ada" }, create: "true" }),
    ).rejects.toThrow(/^after 0 failed attempts: 127\.0\.0\.1:\d+ did not let the user ada in/);
  });

  it("tries as often as it may, and says so while it does", async () => {
    const kept = keptCall();
    const closed = { ...connection, port: 1, dialErrorLimit: 2 };
    await expect(remote(kept).create({ connection: closed, create: "true" })).rejects.toThrow(
      "after 2 failed attempts: 127.0.0.1:1 refused the connection",
    );
    expect(kept.lines).toEqual(["status: Dial 1/2 failed: retrying", "status: Dial 2/2 failed: retrying"]);
  });

  it("waits for a host that is still booting and knows no user yet", async () => {
    const hostKey = keyPair();
    const early = await testServer({ publicKey: keyPair().public, folder, hostKey });
    const { port } = early;
    const late = setTimeout(async () => {
      early.stop();
      booted = await testServer({ publicKey: login.public, folder, hostKey, port });
    }, 150);
    let booted: TestServer | undefined;
    const { outputs } = await remote().create({
      connection: { ...connection, port, hostKey: hostKey.public, dialErrorLimit: -1 },
      create: "echo up",
    });
    clearTimeout(late);
    booted?.stop();
    expect(outputs.stdout).toBe("up");
  });

  it("ends its attempts when the run is cancelled", async () => {
    const cancel = new AbortController();
    setTimeout(() => cancel.abort(new Error("cancelled")), 100);
    const closed = { ...connection, port: 1, dialErrorLimit: -1 };
    await expect(remote(keptCall("x", cancel.signal)).create({ connection: closed, create: "true" })).rejects.toThrow();
  });

  it("refuses what is no host and no key before anything is dialled", () => {
    expect(() => remote().check({}, { connection: { hostKey: "nonsense" } })).toThrow(
      'connection.host is missing; give a host name or an address; connection.hostKey is not a public key; allowed: one line as in authorized_keys, e.g. "ssh-ed25519 AAAA…"',
    );
  });
});

describe("remote.CopyToRemote", () => {
  const copy = driver(command, "command:remote:CopyToRemote");
  const local = mkdtempSync(join(tmpdir(), "slipway-copy-"));
  mkdirSync(join(local, "site/css"), { recursive: true });
  writeFileSync(join(local, "site/index.html"), "<p>");
  writeFileSync(join(local, "site/css/a.css"), "a{}");
  afterAll(() => rmSync(local, { recursive: true }));
  const source = (kind: "asset" | "archive", path: string, hash = "1") =>
    assetValue({ kind, path: join(local, path), hash });
  const at = (path: string) => readFileSync(join(folder, path), "utf8");

  it("makes the folders a file goes into", async () => {
    await copy.create({ connection, source: source("asset", "site/index.html"), remotePath: "/deep/er/page" });
    expect(at("deep/er/page")).toBe("<p>");
  });

  it("puts a file into a folder that is there, and a folder with or without itself", async () => {
    mkdirSync(join(folder, "there"));
    await copy.create({ connection, source: source("asset", "site/index.html"), remotePath: "/there" });
    await copy.create({ connection, source: source("archive", "site"), remotePath: "/with" });
    await copy.create({ connection, source: source("archive", "site/"), remotePath: "/without" });
    expect(at("there/index.html")).toBe("<p>");
    expect(at("with/site/css/a.css")).toBe("a{}");
    expect(readdirSync(join(folder, "without")).sort()).toEqual(["css", "index.html"]);
  });

  it("writes a text, and refuses to write it over a folder", async () => {
    await copy.create({
      connection,
      source: assetValue({ kind: "asset", text: "hello", hash: "1" }),
      remotePath: "/text",
    });
    expect(at("text")).toBe("hello");
    mkdirSync(join(folder, "taken"), { recursive: true });
    await expect(
      copy.create({ connection, source: assetValue({ kind: "asset", text: "x", hash: "1" }), remotePath: "/taken" }),
    ).rejects.toThrow("remote path /taken is a directory; when using a text asset, remotePath must be a file path");
  });

  it("copies again only when the content or the place changed", async () => {
    const held = await copy.create({ connection, source: source("asset", "site/index.html"), remotePath: "/again" });
    writeFileSync(join(folder, "again"), "changed outside");
    const same = await copy.update(held, { ...held.inputs, connection: { ...connection, user: "me" } });
    expect(at("again")).toBe("changed outside");
    await copy.update(same, { ...same.inputs, source: source("asset", "site/index.html", "2") });
    expect(at("again")).toBe("<p>");
  });
});

describe("local.Command", () => {
  const here = driver(command, "command:local:Command");

  it("runs here, with its own variables and what it printed before", async () => {
    const held = await here.create({
      create: "echo $GREETING; cat",
      environment: { GREETING: "hi" },
      stdin: "there",
      dir: folder,
    });
    expect(held.outputs).toMatchObject({ stdout: "hi\nthere", stderr: "" });
    const again = await here.update(held, { ...held.inputs, create: 'echo "was: $PULUMI_COMMAND_STDOUT"; pwd' });
    expect(again.outputs.stdout).toBe(`was: hi\nthere\n${folder}`);
  });

  it("fails with the exit status, the command and all of its output", async () => {
    await expect(here.create({ create: "echo why >&2; exit 2" })).rejects.toThrow(
      'exit status 2: running "echo why >&2; exit 2":\nwhy\n',
    );
  });

  it("runs a function's command as well", async () => {
    const run = command.functions?.["command:local:run"];
    expect(await run?.({ command: "echo now" }, keptCall().call)).toEqual({
      command: "echo now",
      stdout: "now",
      stderr: "",
    });
  });
});
