import { expect, test } from "vitest";
import { loginHeader } from "./docker";

test("a login of any length goes to the engine whole, padding and all", () => {
  for (const server of ["ghcr.io", "10.213.9.2:5000", "10.213.15.2:5000", "registry.example.com"]) {
    const login = { username: "bot", password: "pässwort?>", server };
    const text = loginHeader(login);
    expect(text).toMatch(/^[\w-]+={0,2}$/);
    expect(text.length % 4).toBe(0);
    expect(JSON.parse(Buffer.from(text, "base64url").toString())).toEqual({
      username: "bot",
      password: "pässwort?>",
      serveraddress: server,
    });
  }
});
