/** A machine that follows the tag CI pushes to, and two people who push: examples/survey as its page in docs/ promises it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, askConstantly, TestStack } from "../support/stack";
import { FollowedTag } from "../support/tag";

const stack = new TestStack(18, "survey");
const tag = new FollowedTag(stack.slot, "survey");
let url = "";

beforeAll(async () => {
  await stack.discard();
  await stack.verb("sandbox", ["start"]);
  await tag.logIn();
  await tag.move(await tag.build(stack.app, "first"));
  stack.configureApps({ delivery: { every: 10 }, limits: { watch: 1, health: 8 } });
  [{ url }, branches] = await Promise.all([stack.up(), buildBranches()]);
});
afterAll(async () => {
  tag.end();
  await stack.end();
});

/** Images that two people's branches come to, Ana's with another name for a column at last. */
let branches: Readonly<Record<"ana" | "bo" | "broken" | "without" | "persons", string>>;

/** CI's builds; the stack builds nothing. */
async function buildBranches(): Promise<typeof branches> {
  retitle("By Ana");
  const ana = await tag.build(stack.app, "ana");
  retitle("By Bo");
  const bo = await tag.build(stack.app, "bo");
  stack.edit("survey/wsgi.py", (text) => `${text}\nraise RuntimeError("broken on purpose")\n`);
  const broken = await tag.build(stack.app, "broken");
  stack.edit("survey/wsgi.py", (text) => text.replace('\nraise RuntimeError("broken on purpose")\n', ""));
  retitle("By Bo, without persons");
  const without = await tag.build(stack.app, "without");
  const migration = [
    "from django.db import migrations",
    "",
    "",
    "class Migration(migrations.Migration):",
    '    dependencies = [("questions", "0001_initial")]',
    '    operations = [migrations.RenameField("answer", "respondent", "person")]',
    "",
  ];
  writeFileSync(join(stack.app, "questions", "migrations", "0002_person.py"), migration.join("\n"));
  for (const file of ["models", "forms", "views"]) {
    stack.edit(`questions/${file}.py`, (text) => text.replaceAll(/\brespondent\b(?!')/g, "person"));
  }
  stack.edit("questions/templates/questions/questions.html", (text) =>
    text.replaceAll('name="respondent"', 'name="person"'),
  );
  retitle("By Ana, with persons");
  return { ana, bo, broken, without, persons: await tag.build(stack.app, "persons") };
}

const page = async () => (await ask(url)).body;
const retitle = (title: string) =>
  stack.edit("questions/templates/questions/questions.html", (text) => text.replace(/<h1>[^<]*</, `<h1>${title}<`));

/** A row of the ledger, as far as it is looked at here. */
interface Row {
  readonly release: number;
  readonly actor: string;
  readonly result: string;
  readonly images: Readonly<Record<string, string>>;
}
const rows = async () => JSON.parse(await stack.onMachine("slipway", "releases", "survey", "--json")) as Row[];
const newest = async () => (await rows()).at(-1);
/** What the machine's timer does at each look; here at once. */
const look = () => stack.sh("slipway follow survey");

it("runs what was pushed on a Linode, and keeps what people answer in the machine's own Postgres", async () => {
  expect((await stack.cloud("/v4/linode/instances")).data).toHaveLength(1);
  expect((await sendForm(url, { text: "Do you like the harbour?" })).status).toBe(302);
  expect((await sendForm(url, { respondent: "Ana", mark: "5" }, "/questions/1/answers")).status).toBe(302);
  expect(await page()).toContain("1 answer, 5.0 on average");
  const count = "sudo -u postgres psql -XqAt -d survey -c 'SELECT count(*) FROM questions_answer'";
  expect((await stack.sh(count)).all).toBe("1");
});

it("of two people who push at once nobody's release is half done: the last one is live, and it is known whose", async () => {
  const load = askConstantly(url, 50);
  // Ana's release waits in its middle until Bo's push is being looked at. Nobody asks the machine to look at hers: its timer does.
  await stack.sh("echo edge > /run/slipway/hold");
  const first = await tag.move(branches.ana);
  const isUnderWay = async () => (await stack.sh("cat /var/lib/slipway/apps/survey/logs/2.log")).all;
  await expect.poll(isUnderWay, { timeout: 60_000, interval: 200 }).toContain("is held before «edge»");
  const second = await tag.move(branches.bo);
  const bos = stack.sh("slipway follow survey");
  await stack.sh("sleep 1; rm /run/slipway/hold");
  expect(await bos).toMatchObject({ exitCode: 0, all: expect.stringContaining("release 3 of survey is live") });
  expect((await load.stop()).failures).toEqual([]);
  expect(await page()).toContain("By Bo");
  expect((await rows()).slice(-2)).toMatchObject([
    { release: 2, actor: "tag main", result: "live", images: { web: first } },
    { release: 3, actor: "tag main", result: "live", images: { web: second } },
  ]);
});

it("a build that does not work never goes live, and is tried once only", async () => {
  const load = askConstantly(url, 50);
  const image = await tag.move(branches.broken);
  await look();
  await expect.poll(newest, { timeout: 60_000 }).toMatchObject({ result: "failed", images: { web: image } });
  // The timer looks as well, at the same time or after it.
  await look();
  expect((await rows()).filter(({ images }) => images.web === image)).toHaveLength(1);
  expect(await page()).toContain("By Bo");
  expect((await load.stop()).failures).toEqual([]);
});

it("a build that does not know the other's change of the database is caught before it serves anyone", async () => {
  await tag.move(branches.persons);
  await look();
  await expect.poll(page, { timeout: 60_000 }).toContain("By Ana, with persons");
  const { release } = (await newest()) ?? { release: 0 };
  const told = (await stack.sh(`slipway releases survey ${release}`)).all;
  expect(told).toContain("is not healthy on the migrated database");

  const load = askConstantly(url, 50);
  const image = await tag.move(branches.without);
  await look();
  await expect.poll(newest, { timeout: 60_000 }).toMatchObject({ result: "failed", images: { web: image } });
  expect((await load.stop()).failures).toEqual([]);
  expect(await page()).toContain("By Ana, with persons");
  expect(await page()).toContain("1 answer, 5.0 on average");
});

it("a second up changes nothing, and leaves what the machine took", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
  expect(await page()).toContain("By Ana, with persons");
});
