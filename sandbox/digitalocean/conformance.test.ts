/** DigitalOcean's own TypeScript client, over a real connection on loopback. */
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { memoryAuthority } from "../databases/memory";
import { dropletBody, KEY, type TestSandbox, testSandbox } from "../testing";

// Both come as TypeScript sources that do not hold to this project's compiler settings; by a name that is computed they
// stay out of its type check. What they answer is compared in full below.
const CLIENT: string = "@digitalocean/dots";
const TRANSPORT: string = "@microsoft/kiota-http-fetchlibrary";
const JSON_READER: string = "@microsoft/kiota-serialization-json";

let sandbox: TestSandbox;
let server: ReturnType<typeof serve>;
let base: string;
// biome-ignore lint/suspicious/noExplicitAny: see above
let client: any;
const connect = async (token: string) => {
  const { createDigitalOceanClient, DigitalOceanApiKeyAuthenticationProvider } = await import(CLIENT);
  const { FetchRequestAdapter } = await import(TRANSPORT);
  const adapter = new FetchRequestAdapter(new DigitalOceanApiKeyAuthenticationProvider(token));
  adapter.baseUrl = base;
  return createDigitalOceanClient(adapter);
};

/**
 * The client's generated code reads lists of plain values without naming their type, as its JSON reader allowed when it
 * was generated; today's asks for the name. This gives it the name the value itself has.
 */
async function nameTypes(): Promise<void> {
  const { JsonParseNode } = await import(JSON_READER);
  type Read = (value: unknown, type?: string) => unknown;
  Object.defineProperty(JsonParseNode.prototype, "getPrimitiveValue", {
    set(read: Read) {
      const named: Read = (value, type) => read(value, type ?? typeof value);
      Object.defineProperty(this, "getPrimitiveValue", { value: named });
    },
  });
}

beforeAll(async () => {
  await nameTypes();
  sandbox = testSandbox();
  server = serve({ fetch: sandbox.app.fetch, hostname: "127.0.0.1", port: 0 });
  await new Promise((resolve) => server.once("listening", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = await connect("a-token");
});
afterEach(async () => {
  await sandbox.ask("POST", "/_sandbox/reset");
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

describe("@digitalocean/dots", () => {
  it("reads the account, regions, sizes and images", async () => {
    expect((await client.v2.account.get()).account.status).toBe("active");
    const { regions, meta } = await client.v2.regions.get({ queryParameters: { perPage: 5 } });
    expect([regions.length, meta.total]).toEqual([5, 13]);
    expect((await client.v2.sizes.get()).sizes[0]).toMatchObject({ slug: "s-1vcpu-512mb-10gb", priceMonthly: 4 });
    expect((await client.v2.images.get()).images.length).toBe(6);
  });

  it("makes a key, a droplet, a firewall, acts, and destroys", async () => {
    const { sshKey } = await client.v2.account.keys.post({ name: "ada", publicKey: KEY.publicKey });
    expect(sshKey).toMatchObject({ id: 51000001, fingerprint: KEY.fingerprint });

    const made = await client.v2.droplets.post({
      name: "web",
      region: "fra1",
      size: "s-1vcpu-1gb",
      image: "debian-13-x64",
      sshKeys: [sshKey.fingerprint],
      tags: ["app"],
      userData: "#cloud-config\n{}",
    });
    const { id } = made.droplet;
    expect(made.droplet).toMatchObject({ id: 530000001, name: "web", tags: ["app"] });
    await sandbox.settled();
    const { droplet } = await client.v2.droplets.byDroplet_id(id).get();
    expect(droplet.status).toBe("active");
    expect(droplet.networks.v4[0]).toMatchObject({ ipAddress: "10.213.0.10", type: "public" });
    expect(droplet.createdAt).toEqual(new Date("2026-11-21T12:00:00Z"));
    expect(sandbox.machines.look(`droplet-${id}`)?.order).toMatchObject({
      sshKeys: [KEY.publicKey],
      userData: "#cloud-config\n{}",
    });

    const { firewall } = await client.v2.firewalls.post({
      name: "web",
      dropletIds: [id],
      inboundRules: [{ protocol: "tcp", ports: "22", sources: { addresses: ["0.0.0.0/0"] } }],
      outboundRules: [{ protocol: "tcp", ports: "all", destinations: { addresses: ["0.0.0.0/0", "::/0"] } }],
    });
    const read = (await client.v2.firewalls.byFirewall_id(firewall.id).get()).firewall;
    expect(read).toMatchObject({ status: "succeeded", dropletIds: [id], pendingChanges: [] });
    expect(read.inboundRules[0]).toMatchObject({ ports: "22", sources: { addresses: ["0.0.0.0/0"] } });
    expect(read.outboundRules[0].ports).toBe("0");

    const { action } = await client.v2.droplets.byDroplet_id(id).actions.post({ type: "power_off" });
    await sandbox.settled();
    expect((await client.v2.actions.byAction_id(action.id).get()).action.status).toBe("completed");
    const listed = await client.v2.droplets.get({ queryParameters: { tagName: "app" } });
    expect(listed.droplets.map((one: { status: string }) => one.status)).toEqual(["off"]);

    await client.v2.droplets.byDroplet_id(id).delete();
    await sandbox.settled();
    await expect(client.v2.droplets.byDroplet_id(id).get()).rejects.toMatchObject({
      responseStatusCode: 404,
      id: "not_found",
    });
    expect(await sandbox.machines.list()).toEqual([]);
  });

  it("keeps volumes, tags, networks, projects and reserved IPs", async () => {
    const { vpc } = await client.v2.vpcs.post({ name: "app", region: "fra1" });
    expect(vpc.ipRange).toBe("10.100.0.0/20");
    const { volume } = await client.v2.volumes.post({ name: "data", region: "fra1", sizeGigabytes: 10 });
    expect(volume.sizeGigabytes).toBe(10);
    await client.v2.tags.post({ name: "keep" });
    await client.v2.tags.byTag_id("keep").resources.post({
      resources: [{ resourceId: volume.id, resourceType: "volume" }],
    });
    expect((await client.v2.tags.byTag_id("keep").get()).tag.resources.count).toBe(1);
    const { reservedIp } = await client.v2.reserved_ips.post({ region: "fra1" });
    expect(reservedIp.ip).toBe("10.213.0.200");
    const { project } = await client.v2.projects.post({ name: "app", purpose: "Web Application" });
    await client.v2.projects.byProject_id(project.id).resources.post({ resources: [`do:volume:${volume.id}`] });
    const { resources } = await client.v2.projects.byProject_id(project.id).resources.get();
    expect(resources.map((one: { urn: string }) => one.urn)).toEqual([`do:volume:${volume.id}`]);
  });

  it("makes a database cluster, fills it, resizes it, and destroys it", async () => {
    const { options } = await client.v2.databases.optionsPath.get();
    expect(options.pg.versions).toContain("17");
    const size = options.pg.layouts[0].sizes[0];
    const order = { name: "main", engine: "pg", version: "17", size, region: "fra1", numNodes: 1, tags: ["app"] };
    const { database: made } = await client.v2.databases.post(order);
    expect(made).toMatchObject({ name: "main", status: "creating", storageSizeMib: 10240, dbNames: ["defaultdb"] });
    await sandbox.settled();
    const cluster = client.v2.databases.byDatabase_cluster_uuid(made.id);
    const { database } = await cluster.get();
    expect(database).toMatchObject({ status: "online", createdAt: new Date("2026-11-21T12:00:00Z"), numNodes: 1 });
    expect(database.connection).toMatchObject({ host: "10.213.0.180", port: 25060, user: "doadmin", ssl: true });
    expect((await client.v2.databases.get({ queryParameters: { tagName: "app" } })).databases).toHaveLength(1);

    const { user } = await cluster.users.post({ name: "app" });
    expect(sandbox.databases.look("do-database-1")?.roles.get("app")?.password).toBe(user.password);
    const reset = await cluster.users.byUsername("app").reset_auth.post({});
    expect(reset.user.password).not.toBe(user.password);
    await cluster.dbs.post({ name: "app" });
    expect((await cluster.dbs.get()).dbs.map((db: { name: string }) => db.name)).toEqual(["defaultdb", "app"]);
    await cluster.firewall.put({ rules: [{ type: "ip_addr", value: "192.0.2.1" }] });
    expect((await cluster.firewall.get()).rules).toMatchObject([{ type: "ip_addr", clusterUuid: made.id }]);
    expect((await cluster.ca.get()).ca.certificate).toBe(Buffer.from(memoryAuthority).toString("base64"));
    await cluster.maintenance.put({ day: "sunday", hour: "2:00" });
    await cluster.resize.put({ size: "db-s-2vcpu-4gb", numNodes: 2 });
    await sandbox.settled();
    const { database: larger } = await cluster.get();
    expect(larger).toMatchObject({ size: "db-s-2vcpu-4gb", maintenanceWindow: { day: "sunday", hour: "02:00:00" } });
    expect((await cluster.events.get()).events.length).toBe(3);
    expect((await cluster.backups.get()).backups).toEqual([]);

    await cluster.delete();
    await expect(cluster.get()).rejects.toMatchObject({ responseStatusCode: 404, id: "not_found" });
    expect(await sandbox.databases.list()).toEqual([]);
  });

  it("makes a zone, fills and filters it, and deletes it", async () => {
    const { domain } = await client.v2.domains.post({ name: "example.com", ipAddress: "192.0.2.1" });
    expect(domain).toMatchObject({ name: "example.com", ttl: 1800 });
    const zone = client.v2.domains.byDomain_name("example.com");
    expect((await zone.get()).domain.zoneFile).toContain("example.com. 1800 IN A 192.0.2.1\n");
    expect((await client.v2.domains.get()).domains.map(({ name }: { name: string }) => name)).toEqual(["example.com"]);
    const { domainRecord } = await zone.records.post({ type: "A", name: "www", data: "192.0.2.7", ttl: 60 });
    expect(domainRecord).toMatchObject({ type: "A", name: "www", data: "192.0.2.7", ttl: 60 });
    await zone.records.post({ type: "CAA", name: "@", data: "letsencrypt.org.", flags: 0, tag: "issue" });
    const found = await zone.records.get({ queryParameters: { name: "www.example.com", type: "A" } });
    expect(found.domainRecords.map(({ id }: { id: number }) => id)).toEqual([domainRecord.id]);
    expect((await zone.records.get({ queryParameters: { perPage: 2 } })).meta.total).toBe(7);
    const record = zone.records.byDomain_record_id(domainRecord.id);
    expect((await record.patch({ type: "A", data: "192.0.2.8" })).domainRecord.data).toBe("192.0.2.8");
    expect((await record.put({ type: "A", ttl: 90 })).domainRecord).toMatchObject({ data: "192.0.2.8", ttl: 90 });
    await record.delete();
    await expect(record.get()).rejects.toMatchObject({ responseStatusCode: 404 });
    const refused = zone.records.post({ type: "CNAME", name: "blog", data: "www.example.com" });
    await expect(refused).rejects.toMatchObject({ responseStatusCode: 422 });
    await zone.delete();
    expect((await client.v2.domains.get()).meta.total).toBe(0);
  });

  it("understands refusals", async () => {
    await sandbox.ask("POST", "/_sandbox/faults", { kind: "status", status: 401, path: "/v2/account", times: 1 });
    await expect(client.v2.account.get()).rejects.toMatchObject({ responseStatusCode: 401, id: "unauthorized" });
    await expect(client.v2.droplets.post(dropletBody({ size: "huge" }))).rejects.toMatchObject({
      responseStatusCode: 422,
    });
  });
});

describe("a fault of kind lost", () => {
  it("drops the connection after the change is made", async () => {
    await sandbox.ask("POST", "/_sandbox/faults", { kind: "lost", method: "POST", path: "/v2/tags", times: 1 });
    const post = fetch(`${base}/v2/tags`, {
      method: "POST",
      headers: { authorization: "Bearer t" },
      body: JSON.stringify({ name: "made" }),
    });
    await expect(post).rejects.toThrow("fetch failed");
    expect((await client.v2.tags.get()).tags.map((tag: { name: string }) => tag.name)).toEqual(["made"]);
  });
});
