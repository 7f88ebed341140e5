import { expect, it } from "vitest";
import { cloudsOf } from "./clouds";

it("a stack's own settings win over the environment, and the clouds' own addresses stand for none", () => {
  expect(cloudsOf({}, {})).toMatchObject({
    digitalocean: { url: "https://api.digitalocean.com", token: undefined },
    linode: { url: "https://api.linode.com", token: undefined },
  });
  const env = { DIGITALOCEAN_TOKEN: "env", LINODE_URL: "http://127.0.0.1:1/", LINODE_TOKEN: "env" };
  expect(cloudsOf({ "digitalocean:token": "own", "digitalocean:apiEndpoint": "http://127.0.0.1:8480" }, env)).toEqual({
    digitalocean: { title: "DigitalOcean", url: "http://127.0.0.1:8480", token: "own" },
    linode: { title: "Linode", url: "http://127.0.0.1:1", token: "env" },
  });
});
