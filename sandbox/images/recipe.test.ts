import { rootCertificates } from "node:tls";
import { describe, expect, it } from "vitest";
import { recipes } from "./build";
import { privateOnes } from "./hostCertificates";
import { imageOf, type Recipe } from "./recipe";

const recipe: Recipe = { name: "x", title: "x", dockerfile: "FROM y\n", files: { a: { content: "1" } }, tags: [] };

describe("imageOf", () => {
  it("is the same for the same recipe and another for any change of it", () => {
    const names = [
      recipe,
      { ...recipe, dockerfile: "FROM z\n" },
      { ...recipe, files: { a: { content: "2" } } },
      { ...recipe, files: { a: { content: "1", mode: 0o755 } } },
      { ...recipe, name: "w" },
    ].map(imageOf);
    expect(new Set(names).size).toBe(5);
    expect(imageOf(structuredClone(recipe))).toBe(names[0]);
    expect(names[0]).toMatch(/^slipway-sandbox\/x:[0-9a-f]{12}$/);
  });
});

describe("recipes", () => {
  it("all change with the ground they stand on", () => {
    const before = Object.values(recipes("slipway-sandbox/rootfs:1", [])).map(imageOf);
    const after = Object.values(recipes("slipway-sandbox/rootfs:1", ["PEM"])).map(imageOf);
    expect(before).toHaveLength(12);
    expect(before.filter((name) => after.includes(name))).toEqual([]);
  });

  it("copy only files that their context has", () => {
    for (const { dockerfile, files } of Object.values(recipes("slipway-sandbox/rootfs:1", ["PEM"]))) {
      const names = Object.keys(files);
      for (const [, sources = ""] of dockerfile.matchAll(/^COPY (.+) \S+$/gm)) {
        for (const source of sources.split(" ")) expect(names.some((name) => name.startsWith(source))).toBe(true);
      }
    }
  });

  it("leave nothing in a machine that two machines must not share", () => {
    const { bare, golden } = recipes("slipway-sandbox/rootfs:1", []);
    for (const { dockerfile } of [bare, golden]) {
      expect(dockerfile).toContain("/etc/ssh/ssh_host_*");
      expect(dockerfile).toContain("/etc/ssl/private/ssl-cert-snakeoil.key");
      expect(dockerfile).toContain(": >/etc/machine-id");
    }
  });
});

describe("privateOnes", () => {
  const [one = "", two = "", three = ""] = rootCertificates;

  it("keeps what the public does not know, once, in order, and passes over what is no certificate", () => {
    const junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----";
    expect(privateOnes([two, one, junk, "# text", one, three].join("\n"), [two])).toEqual(
      [one, three].map((pem) => pem.trim()),
    );
  });

  it("is empty for the public's own bundle", () => {
    expect(privateOnes(rootCertificates.join("\n"), rootCertificates)).toEqual([]);
  });
});
