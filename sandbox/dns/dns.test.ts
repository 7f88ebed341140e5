import { describe, expect, it } from "vitest";
import { testSandbox } from "../testing";
import { markOf, zoneFiles } from "./configuration";
import { mailbox, quoted, strings } from "./masterFile";
import { oneOfEach, type Zone } from "./names";
import { Publisher } from "./publisher";

const zone = (name: string, created: number, text = "@ A 192.0.2.1\n"): Zone => ({ name, created, text });

describe("master files", () => {
  it("hold any text", () => {
    expect(quoted(`say "hi" \\o/`)).toBe(`"say \\"hi\\" \\\\o/"`);
    expect(quoted("a\nb é")).toBe(`"a\\010b \\195\\169"`);
    expect(strings("")).toBe(`""`);
    expect(strings("x".repeat(256))).toBe(`"${"x".repeat(255)}" "x"`);
  });

  it("name a mailbox as a name", () => {
    expect(mailbox("ops@example.org")).toBe("ops.example.org.");
    expect(mailbox("ada.l;x@example.org")).toBe("ada\\.l\\;x.example.org.");
  });
});

describe("zones of several clouds", () => {
  it("are served from where they were first", () => {
    const zones = [
      zone("b.example", 5),
      zone("a.example", 7, "new"),
      zone("a.example", 6, "old"),
      zone("b.example", 9),
    ];
    expect(oneOfEach(zones)).toEqual([zone("a.example", 6, "old"), zone("b.example", 5)]);
  });

  it("make a file each, and one that tells which zones those are", () => {
    const zones = [zone("a.example", 1)];
    const files = zoneFiles(zones);
    expect(Object.keys(files).sort()).toEqual([
      "var/lib/sandbox/a.example.zone",
      "var/lib/sandbox/zones.conf",
      "var/lib/sandbox/zones.sandbox.invalid.zone",
    ]);
    expect(files["var/lib/sandbox/a.example.zone"]).toBe("@ A 192.0.2.1\n");
    expect(files["var/lib/sandbox/zones.conf"]).toBe(
      'zone "zones.sandbox.invalid" { type primary; file "/var/lib/sandbox/zones.sandbox.invalid.zone"; };\n' +
        'zone "a.example" { type primary; file "/var/lib/sandbox/a.example.zone"; };\n',
    );
    expect(files["var/lib/sandbox/zones.sandbox.invalid.zone"]).toContain(`@ TXT "${markOf(zones)}"\n`);
    expect(
      new Set([[], zones, [zone("a.example", 1, "@ A 192.0.2.2\n")], [zone("c.example", 1)]].map(markOf)).size,
    ).toBe(4);
    expect(markOf([zone("a.example", 2)])).toBe(markOf(zones));
  });
});

describe("Publisher", () => {
  it("lets changes share a turn, tells of a failure, and tries again", async () => {
    const served: string[] = [];
    const lines: string[] = [];
    let fails = true;
    let name = "one.example";
    const names = {
      async serve(zones: readonly Zone[]) {
        served.push(zones.map((each) => each.name).join());
        if (fails) throw new Error("no engine");
      },
    };
    const publisher = new Publisher(
      names,
      () => [zone(name, 1)],
      (line) => lines.push(line),
    );
    await publisher.publish();
    expect(lines).toEqual(["names are behind: no engine"]);
    fails = false;
    const all = [publisher.publish(), publisher.publish()];
    name = "two.example";
    await Promise.all(all);
    expect(served).toEqual(["one.example", "two.example"]);
    expect(lines).toHaveLength(1);
  });
});

describe("the sandbox's names", () => {
  it("follow the zones of Linode, and what became of them", async () => {
    const { ask, names, settled, deps } = testSandbox();
    await ask("POST", "/v4/domains", { domain: "Example.org", type: "master", soa_email: "ops@example.org" });
    await ask("POST", "/v4/domains", { domain: "second.org", type: "slave", master_ips: ["192.0.2.9"] });
    await ask("POST", "/v4/domains/3160001/records", { type: "A", name: "www", target: "10.213.0.10", ttl_sec: 30 });
    await ask("POST", "/v4/domains/3160001/records", { type: "CNAME", name: "c", target: "www.example.org" });
    await ask("POST", "/v4/domains/3160001/records", { type: "CAA", name: "c", tag: "issue", target: "ca.example" });
    await settled();
    expect(names.zones.map(({ name }) => name)).toEqual(["example.org"]);
    const [served] = names.zones;
    expect(served?.text).toContain("www\t30\tA\t10.213.0.10\n");
    expect(served?.text).toContain("@\tIN\tSOA\tns1.linode.com. ops.example.org. ");
    // A name server would refuse the whole zone.
    expect(served?.text).not.toContain("CAA");
    const again = testSandbox(undefined, { store: deps.store });
    await again.restore();
    expect(again.names.zones).toEqual(names.zones);
    await ask("PUT", "/v4/domains/3160001", { status: "disabled" });
    await settled();
    expect(names.zones).toEqual([]);
    await ask("PUT", "/v4/domains/3160001", { status: "active" });
    await ask("DELETE", "/v4/domains/3160001");
    await settled();
    expect(names.zones).toEqual([]);
  });
});
