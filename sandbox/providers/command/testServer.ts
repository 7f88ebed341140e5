/** An SSH server in this process for tests: runs commands by `/bin/sh`, serves files of a folder by SFTP. */
import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { closeSync, fstatSync, mkdirSync, openSync, readSync, statSync, writeSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import ssh2, { type Session, type SFTPWrapper } from "ssh2";
import { privateText, publicBlob } from "../tls/openssh";

const { STATUS_CODE } = ssh2.utils.sftp;

/** A server and what it takes to reach it. */
export interface TestServer {
  readonly port: number;
  /** The server's public key, as in `authorized_keys`. */
  readonly hostKey: string;
  /** Sessions' commands so far. */
  readonly commands: string[];
  stop(): void;
}

/** Settings of a server. */
export interface TestServerArgs {
  /** Public key that is let in as any user. */
  readonly publicKey: string;
  /** Folder that SFTP's paths start from. */
  readonly folder: string;
  /** Names of variables that a client may set. */
  readonly acceptEnv?: readonly string[];
  readonly hostKey?: KeyPair;
  readonly port?: number;
}

/** A key in OpenSSH's forms. */
export interface KeyPair {
  readonly private: string;
  readonly public: string;
}

/** A new Ed25519 key. */
export function keyPair(): KeyPair {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { type, blob } = publicBlob(privateKey);
  return { private: privateText(privateKey), public: `${type} ${blob.toString("base64")}` };
}

/** Starts a server on loopback. */
export async function testServer(args: TestServerArgs): Promise<TestServer> {
  const hostKey = args.hostKey ?? keyPair();
  const allowed = ssh2.utils.parseKey(args.publicKey);
  if (allowed instanceof Error) throw allowed;
  const commands: string[] = [];
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    // A client that is cut off in the middle is what some tests are about.
    client.on("error", () => {});
    client.on("authentication", (context) => {
      if (context.method !== "publickey" || !context.key.data.equals(allowed.getPublicSSH()))
        return context.reject(["publickey"]);
      const { signature, blob, hashAlgo } = context;
      if (signature && (blob === undefined || allowed.verify(blob, signature, hashAlgo) !== true))
        return context.reject();
      context.accept();
    });
    client.on("session", (accept) => serveSession(accept(), args, commands));
    client.on("tcpip", (accept, _reject, { destIP, destPort }) => {
      const channel = accept();
      const socket = spawn("nc", [destIP, String(destPort)]);
      channel.pipe(socket.stdin);
      socket.stdout.pipe(channel);
      channel.on("close", () => socket.kill());
    });
  });
  // Not the server's own listener: with that each of SSH's short messages waits for an acknowledgement.
  const listener = createServer({ noDelay: true }, (socket) => server.injectSocket(socket));
  await new Promise<void>((resolve) => listener.listen(args.port ?? 0, "127.0.0.1", resolve));
  const { port } = listener.address() as AddressInfo;
  return { port, hostKey: hostKey.public, commands, stop: () => listener.close() };
}

function serveSession(session: Session, args: TestServerArgs, commands: string[]): void {
  const env: Record<string, string> = {};
  session.on("env", (accept, reject, { key, val }) => {
    if (!(args.acceptEnv ?? []).includes(key)) return reject?.();
    env[key] = val;
    accept?.();
  });
  session.on("exec", (accept, _reject, { command }) => {
    const channel = accept();
    commands.push(command);
    const child = spawn("/bin/sh", ["-c", command], { env: { PATH: process.env.PATH, ...env } });
    child.stdin.on("error", () => {});
    channel.pipe(child.stdin);
    child.stdout.pipe(channel, { end: false });
    child.stderr.pipe(channel.stderr, { end: false });
    channel.on("close", () => child.kill());
    child.on("close", (code, signal) => {
      if (signal !== null) channel.exit(signal);
      else channel.exit(code ?? 0);
      channel.end();
    });
  });
  session.on("sftp", (accept) => serveFiles(accept(), args.folder));
}

/** As much of SFTP as an upload needs. */
function serveFiles(sftp: SFTPWrapper, folder: string): void {
  const open = new Map<number, number>();
  const attempt = (id: number, act: () => void) => {
    try {
      act();
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
      sftp.status(id, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE, (error as Error).message);
    }
  };
  const file = (handle: Buffer) => open.get(handle.readUInt32BE()) as number;
  sftp.on("OPEN", (id, path) =>
    attempt(id, () => {
      const handle = Buffer.alloc(4);
      handle.writeUInt32BE(id);
      open.set(id, openSync(join(folder, path), "w+"));
      sftp.handle(id, handle);
    }),
  );
  sftp.on("WRITE", (id, handle, offset, data) =>
    attempt(id, () => {
      writeSync(file(handle), data, 0, data.length, offset);
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on("READ", (id, handle, offset, length) =>
    attempt(id, () => {
      const data = Buffer.alloc(length);
      const count = readSync(file(handle), data, 0, length, offset);
      if (count === 0) sftp.status(id, STATUS_CODE.EOF);
      else sftp.data(id, data.subarray(0, count));
    }),
  );
  sftp.on("FSTAT", (id, handle) => attempt(id, () => sftp.attrs(id, fstatSync(file(handle)) as never)));
  sftp.on("STAT", (id, path) => attempt(id, () => sftp.attrs(id, statSync(join(folder, path)) as never)));
  sftp.on("MKDIR", (id, path) =>
    attempt(id, () => {
      mkdirSync(join(folder, path));
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
  sftp.on("CLOSE", (id, handle) =>
    attempt(id, () => {
      closeSync(file(handle));
      sftp.status(id, STATUS_CODE.OK);
    }),
  );
}
