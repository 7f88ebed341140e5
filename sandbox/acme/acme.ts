import { createHash } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { Agent, get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { type LastingCertificate, lastingCertificate } from "../certificate";
import { type Engine, ifThere, statusOf } from "../engine";
import { tarOf } from "../machines/seed";
import { acmePort, nameIn, type Slot } from "../slot";
import { UserError } from "../userError";

/** Port on which it tells what no real authority would: its current issuer. */
const managementPort = 15000;

/** Seconds for which its certificates are good, as with Let's Encrypt: 90 days. */
const validity = 90 * 24 * 3600;

/** Milliseconds it has to begin to answer; its keys are made anew at each start. */
const startLimit = 20_000;

const configuration = {
  pebble: {
    listenAddress: `0.0.0.0:${acmePort}`,
    managementListenAddress: `0.0.0.0:${managementPort}`,
    certificate: "/etc/sandbox/tls.crt",
    privateKey: "/etc/sandbox/tls.key",
    // Where machines answer its challenges.
    httpPort: 80,
    tlsPort: 443,
    certificateValidityPeriod: validity,
  },
};

/** What each request for a certificate meets, beside the checks. */
const environment = [
  // Real ones check within moments; its own habit is to wait up to 15 s.
  "PEBBLE_VA_NOSLEEP=1",
  // Per cent of good nonces that are refused; every client must ask again. Often enough to be met, too seldom to defeat three tries.
  "PEBBLE_WFE_NONCEREJECT=5",
];

const setupLabel = "slipway.acme";

/**
 * Makes sure that the certificate authority runs, as set up now. The certificate of its directory lasts; accounts and the issuer are new at
 * each start, and each issuer is added to the file of those that clients trust.
 */
export async function ensureAcme(engine: Engine, slot: Slot, image: string): Promise<void> {
  const { acme } = slot;
  const tls = await lastingCertificate(engine, image, acme.folder, acme.address);
  const files = {
    "etc/sandbox/pebble.json": JSON.stringify(configuration),
    "etc/sandbox/tls.crt": tls.certificate,
    "etc/sandbox/tls.key": tls.key,
  };
  const command = ["pebble", "-config", "/etc/sandbox/pebble.json", "-dnsserver", `${slot.dns.address}:53`];
  const setup = createHash("sha256")
    .update(JSON.stringify([image, files, command, environment]))
    .digest("hex");
  const name = nameIn(slot, "acme");
  const container = engine.docker.getContainer(name);
  const found = await ifThere(container.inspect());
  if (found?.Config.Labels[setupLabel] !== setup || found.State.Status === "created") {
    await ifThere(container.remove({ force: true }));
    const made = await engine.docker.createContainer({
      name,
      Image: image,
      Cmd: command,
      Env: environment,
      Labels: { ...slot.label, [setupLabel]: setup },
      HostConfig: {
        NetworkMode: slot.network.name,
        Memory: 64 * 1024 * 1024,
        CapDrop: ["ALL"],
        LogConfig: { Type: "json-file", Config: { "max-size": "1m" } },
      },
      NetworkingConfig: { EndpointsConfig: { [slot.network.name]: { IPAMConfig: { IPv4Address: acme.address } } } },
    });
    await made.putArchive(await tarOf(files), { path: "/" });
  }
  await engine.docker
    .getContainer(name)
    .start()
    .catch((error: unknown) => {
      if (statusOf(error) !== 304) throw error;
    });
  await keepIssuer(slot, tls);
}

/** Certificates of an earlier start are still served by machines, so what vouches for them stays trusted. */
async function keepIssuer(slot: Slot, { ca }: LastingCertificate): Promise<void> {
  const { acme } = slot;
  const issuer = await issuerOf(acme.address, ca).catch((error: Error) => {
    throw new UserError(
      `the certificate authority did not start: ${error.message}: docker logs ${nameIn(slot, "acme")}`,
    );
  });
  const kept = await readFile(acme.issuers, "utf8").catch(() => "");
  if (!kept.includes(issuer.trim())) await appendFile(acme.issuers, `${issuer.trim()}\n`);
}

/** PEM of the root of what it issues. */
async function issuerOf(address: string, ca: string): Promise<string> {
  const url = `https://${address}:${managementPort}/roots/0`;
  for (const end = Date.now() + startLimit; ; await sleep(50)) {
    try {
      return await textAt(url, ca);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

function textAt(url: string, ca: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get(url, { agent: new Agent({ ca }), timeout: 2000 }, (answer) => {
      let text = "";
      answer.setEncoding("utf8").on("data", (piece) => {
        text += piece;
      });
      answer.once("end", () => (answer.statusCode === 200 ? resolve(text) : reject(new Error(text))));
    });
    asked.once("timeout", () => asked.destroy(new Error(`no answer from ${url}`)));
    asked.once("error", reject);
  });
}
