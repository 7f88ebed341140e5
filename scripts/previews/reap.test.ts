import { expect, it } from "vitest";
import { remarkOf, tagOf } from "../../infra/mark";
import { findNamed } from "../stack/pendingCreates";
import type { Found } from "./leftovers";
import { pullNamed, pullsIn, reapable, reapName, reapText, unmarkedText } from "./reap";
import { readTag, TAG, tagText } from "./tag";
import { dueText, spanText } from "./words";

const database = (name: string, stack: string, of: string) => ({ name, comment: remarkOf({ stack, mark: of }) });
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
const mark = "0123456789ab";
const another = "ffffffffffff";
const found: Found = {
  tenants: [
    { app: "notes", stack: "acme/staging" },
    { app: "notes-pr-7", stack: "acme/pr-7", mark },
    { app: "notes-pr-9", stack: "acme/pr-9", mark },
    { app: "wiki-pr-9", stack: "acme/pr-9", mark: another },
    { app: "old-pr-9", stack: "acme/pr-9" },
    { app: "mail-pr-9", stack: "other/pr-9", mark },
    { app: "notes-prod", stack: "acme/prod" },
  ],
  databases: [
    ...["postgres", "notes", "notes_pr_x", "pr_9"].map((name) => ({ name, comment: null })),
    ...["notes_pr_7", "notes_pr_9", "shop_pr_9"].map((name) => database(name, "acme/pr-9", mark)),
    database("of_another_state_pr_9", "acme/pr-9", another),
    database("of_another_project_pr_9", "other/pr-9", mark),
    database("called_otherwise", "acme/pr-9", mark),
    database("of_one_there_is", "acme/pr-8", mark),
    { name: "crm_pr_2024", comment: null },
    { name: "wiki_pr_2024", comment: "the wiki's press room" },
    { name: 'x"; DROP DATABASE notes; --_pr_9', comment: "slipway acme/pr-9" },
  ],
};
const context = {
  project: "acme",
  mark,
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
    reapable({ ...context, found: undefined, previews, open }).own.map((one) => reapText(one));
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

it("finds what a stack that is gone has left on the machine, by the mark of this state and whatever it is called", () => {
  expect(reapable(context).own.map((one) => reapText(one))).toEqual([
    "app notes-pr-9 on the machine: there is no stack acme/pr-9",
    "database shop_pr_9 on the machine: no app there has it",
    "database called_otherwise on the machine: no app there has it",
  ]);
  expect(reapable({ ...context, stacks: ["staging", "pr-8"] }).own.map((one) => reapText(one))).toEqual([
    "app notes-pr-7 on the machine: there is no stack acme/pr-7",
    "app notes-pr-9 on the machine: there is no stack acme/pr-9",
    "database shop_pr_9 on the machine: no app there has it",
    "database called_otherwise on the machine: no app there has it",
  ]);
});

it("lists what is only called so, with the line that removes it, and never has it among what goes", () => {
  const { unmarked } = reapable(context);
  expect(unmarked.map(reapName)).toEqual([
    "app/old-pr-9",
    "database/crm_pr_2024",
    "database/wiki_pr_2024",
    'database/x"; DROP DATABASE notes; --_pr_9',
  ]);
  expect(unmarked.map((one) => unmarkedText(one, "staging")).slice(1)).toEqual([
    "database crm_pr_2024 on the machine: no app there has it, and it bears no mark: it is left. If it may go:\n" +
      "  ./scripts/preview-env reap --on staging --yes --remove database/crm_pr_2024",
    expect.stringContaining("--remove database/wiki_pr_2024"),
    expect.stringContaining(`--remove 'database/x"; DROP DATABASE notes; --_pr_9'`),
  ]);
});

it("lets nothing of a machine or a cloud go where it doesn't know its own mark", () => {
  const thing = {
    type: "digitalocean:index/droplet:Droplet",
    name: "acme-pr-9",
    marks: [mark],
    path: "/v2/droplets/1",
  };
  expect(reapable({ ...context, mark: undefined, cloud: [thing] }).own).toEqual([]);
});

it("lets a stack go by its tag, never by its name", () => {
  const previews = [{ pull: 12, tag: undefined, resources: 3 }];
  const { own, unmarked } = reapable({ ...context, found: undefined, previews, open: [7] });
  expect([own, unmarked.map(reapName)]).toEqual([[], ["preview/12"]]);
});

it("finds what a stack that is gone has left in the cloud: what bears the mark goes, what bears none is listed, another state's is neither", async () => {
  const answers: Record<string, unknown> = {
    "/v2/droplets?per_page=200": {
      droplets: [
        { id: 1, name: "acme-pr-9", tags: ["web", tagOf(mark).toUpperCase()] },
        { id: 2, name: "acme-pr-9", tags: [tagOf(another)] },
        { id: 3, name: "acme-pr-9", tags: [] },
        { id: 4, name: "acme-pr-7", tags: [tagOf(mark)] },
        { id: 5, name: "acme-staging", tags: [tagOf(mark)] },
        { id: 6, name: "other-pr-9", tags: [tagOf(mark)] },
      ],
    },
    "/v2/firewalls?per_page=200": {
      firewalls: [
        { id: "f", name: `acme-pr-9.${mark}` },
        { id: "g", name: `acme-pr-9.${another}` },
        { id: "h", name: "acme-pr-9" },
      ],
    },
    "/v2/account/keys?per_page=200": { ssh_keys: [{ id: 7, name: `acme-pr-9.${mark}` }] },
    "/v2/databases?per_page=200": { databases: [{ id: "d", name: "acme-pr-9", tags: null }] },
  };
  const cloud = await findNamed(
    "/v2/",
    (name) => pullNamed("acme", name) !== undefined,
    async (path) => answers[path] ?? {},
  );
  const { own, unmarked } = reapable({ ...context, found: undefined, cloud });
  expect(own.map(reapName)).toEqual(["cloud/v2/account/keys/7", "cloud/v2/firewalls/f", "cloud/v2/droplets/1"]);
  expect(own.map((one) => reapText(one))[2]).toBe("Droplet acme-pr-9 in the cloud: there is no stack acme/pr-9");
  expect(unmarked.map(reapName)).toEqual(["cloud/v2/firewalls/h", "cloud/v2/droplets/3", "cloud/v2/databases/d"]);
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
