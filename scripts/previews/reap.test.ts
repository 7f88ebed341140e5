import { expect, it } from "vitest";
import type { Found } from "./leftovers";
import { pullsIn, reapable, reapText } from "./reap";
import { readTag, TAG, tagText } from "./tag";
import { dueText, spanText } from "./words";

const now = Date.parse("2026-01-05T12:00:00.000Z");
const tag = (expires: string) => ({
  on: "staging",
  since: "2026-01-02T12:00:00.000Z",
  expires,
  owner: "ana",
  size: "512 MB",
  url: "http://pr-7.test",
});
const later = tag("2026-01-06T12:00:00.000Z");
const found: Found = {
  tenants: [
    { app: "notes", stack: "acme/staging" },
    { app: "notes-pr-7", stack: "acme/pr-7" },
    { app: "notes-pr-9", stack: "acme/pr-9" },
    { app: "notes-pr-9", stack: "other/pr-9" },
    { app: "notes-prod", stack: "acme/prod" },
  ],
  databases: ["postgres", "notes", "notes_pr_7", "notes_pr_9", "shop_pr_9", "notes_pr_x", "pr_9"],
};
const context = {
  project: "acme",
  stacks: ["staging", "pr-7", "pr-8"],
  previews: [],
  open: [7, 8],
  found,
  cloud: [],
  now,
};

it("lets go what has expired, what is closed, and what was never made; and nothing else", () => {
  const previews = [
    { pull: 7, tag: later, resources: 14 },
    { pull: 8, tag: tag("2026-01-05T09:00:00.000Z"), resources: 14 },
    { pull: 10, tag: later, resources: 14 },
    { pull: 11, tag: undefined, resources: 0 },
    { pull: 12, tag: undefined, resources: 3 },
  ];
  const all = (open: number[] | undefined) =>
    reapable({ ...context, found: undefined, previews, open }).map((one) => reapText(one));
  expect(all([7, 8, 11, 12])).toEqual([
    "preview of pull request 8: expired 3 hours ago",
    "preview of pull request 10: its pull request is closed",
    "preview of pull request 11: nothing of it was ever made",
  ]);
  expect(all(undefined)).toEqual([
    "preview of pull request 8: expired 3 hours ago",
    "preview of pull request 11: nothing of it was ever made",
  ]);
});

it("finds what a stack that is gone has left on the machine, of this project alone", () => {
  expect(reapable(context).map((one) => reapText(one))).toEqual([
    "app notes-pr-9 on the machine: there is no stack acme/pr-9",
    "database shop_pr_9 on the machine: no app there has it",
  ]);
  expect(reapable({ ...context, stacks: ["staging"] }).map((one) => reapText(one))).toEqual([
    "app notes-pr-7 on the machine: there is no stack acme/pr-7",
    "app notes-pr-9 on the machine: there is no stack acme/pr-9",
    "database shop_pr_9 on the machine: no app there has it",
  ]);
});

it("finds what a stack that is gone has left in the cloud, by the names that it gave", () => {
  const thing = (name: string) => ({ type: "digitalocean:index/droplet:Droplet", name, path: "/v2/droplets/1" });
  const cloud = ["acme-pr-7", "acme-pr-9", "acme-staging", "other-pr-9", "acme-pr-9-x"].map(thing);
  expect(reapable({ ...context, found: undefined, cloud }).map((one) => reapText(one))).toEqual([
    "Droplet acme-pr-9 in the cloud: there is no stack acme/pr-9",
  ]);
});

it("knows previews among a project's stacks", () => {
  expect(pullsIn([{ name: "staging" }, { name: "pr-12" }, { name: "pr-7" }, { name: "pr-x" }])).toEqual([7, 12]);
});

it("reads what it has written on a stack, which Pulumi Cloud would take", () => {
  const long = { ...later, owner: "a".repeat(300) };
  expect(tagText(long)).toHaveLength(256);
  expect(readTag({ [TAG]: tagText(later) })).toEqual(later);
  expect(readTag({ [TAG]: tagText(long) })?.owner).toMatch(/^a{40,}$/);
  expect([{}, { [TAG]: "x" }, { [TAG]: "{}" }].map(readTag)).toEqual([undefined, undefined, undefined]);
});

it("says times as people do", () => {
  expect([0, 61_000, 3_600_000, 71.9 * 3_600_000, 100 * 3_600_000].map(spanText)).toEqual([
    "0 minutes",
    "1 minute",
    "1 hour",
    "71 hours",
    "4 days",
  ]);
  expect(dueText(now + 3_600_000, now)).toBe("in 1 hour");
  expect(dueText(now - 3_600_000, now)).toBe("1 hour ago");
});
