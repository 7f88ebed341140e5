import { expect, it } from "vitest";
import { planCi } from "./ciPlan";

it("takes over what is set, and nothing else", () => {
  const env = {
    PULUMI_CONFIG_PASSPHRASE: "a phrase",
    PULUMI_ACCESS_TOKEN: "",
    AWS_ACCESS_KEY_ID: "id",
    AWS_SECRET_ACCESS_KEY: "key",
    AWS_REGION: "fra1",
    PULUMI_BACKEND_URL: "s3://state?endpoint=fra1.example.com",
    DIGITALOCEAN_TOKEN: "t",
    HOME: "/root",
  };
  expect(planCi(env)).toEqual({
    secrets: { PULUMI_CONFIG_PASSPHRASE: "a phrase", AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "key" },
    variables: { PULUMI_BACKEND_URL: "s3://state?endpoint=fra1.example.com", AWS_REGION: "fra1" },
    warnings: [],
  });
});

it("takes an address with a password in it for a secret", () => {
  const PULUMI_BACKEND_URL = "postgres://state:hush@db.example.com/state";
  expect(planCi({ PULUMI_BACKEND_URL, AWS_REGION: "x" })).toMatchObject({
    secrets: { PULUMI_BACKEND_URL },
    variables: { AWS_REGION: "x" },
    warnings: [
      "PULUMI_BACKEND_URL has a password in it, so it is a secret: have the workflows read secrets.PULUMI_BACKEND_URL",
    ],
  });
});

it("tells what CI can't use", () => {
  const env = { PULUMI_CONFIG_PASSPHRASE: "x", PULUMI_BACKEND_URL: "file:///root/state", AWS_SESSION_TOKEN: "s" };
  expect(planCi(env).warnings).toEqual([
    "PULUMI_BACKEND_URL is a folder of this computer, which CI can't reach",
    "AWS_SESSION_TOKEN ends within hours: give CI keys of its own",
  ]);
  expect(() => planCi({ PULUMI_BACKEND_URL: "s3://x" })).toThrow(/^none of these is set .*PULUMI_CONFIG_PASSPHRASE/);
});
