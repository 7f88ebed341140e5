/** A machine that follows the tag CI pushes to, and two people who push: examples/survey as its page in docs/ promises it. */
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sendForm } from "../support/form";
import { ask, askConstantly, TestStack } from "../support/stack";
import { FollowedTag } from "../support/tag";

const stack = new TestStack(18, "survey");
const tag = new FollowedTag(stack.slot, "survey");
let url = "";

beforeAll(async () => {
  await stack.verb("down", [stack.name]);
  await stack.verb("sandbox", ["start"]);
  await tag.logIn();
  await tag.move(await tag.build(stack.app, "first"));
  stack.configure((settings) => settings.setIn(["config", "slipway:apps", "survey", "delivery", "every"], 10));
  url = (await stack.up()).url;
});
afterAll(async () => {
  tag.end();
  await stack.remove();
});

const page = async () => (await ask(url)).body;
const retitle = (title: string) =>
  stack.edit("questions/templates/questions/questions.html", (text) => text.replace(/<h1>[^<]*</, `<h1>${title}<`));
const rows = async () =>
  (await stack.onMachine("cat", "/var/lib/slipway/apps/survey/ledger.jsonl"))
    .split("\n")
    .map((line) => JSON.parse(line) as { release: number; actor: string; result: string });
/** Waits until the host, looking every ten seconds, has found and done what was pushed. */
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 120_000, interval: 500 });

it("shows what was pushed, and keeps what people answer", async () => {
  expect((await sendForm(url, { text: "Do you like the harbour?" })).status).toBe(302);
  expect((await sendForm(url, { respondent: "Ana", mark: "5" }, "/questions/1/answers")).status).toBe(302);
  expect(await page()).toContain("1 answer, 5.0 on average");
});

it("a push goes live by itself, and a build that does not work never does", async () => {
  retitle("Harbour survey");
  const good = await tag.build(stack.app, "good");
  stack.edit("survey/wsgi.py", (text) => `${text}\nraise RuntimeError("broken on purpose")\n`);
  const broken = await tag.build(stack.app, "broken");
  stack.edit("survey/wsgi.py", (text) => text.replace('\nraise RuntimeError("broken on purpose")\n', ""));
  const load = askConstantly(url, 50);
  await tag.move(good);
  await eventually(page).toContain("Harbour survey");
  await tag.move(broken);
  await eventually(async () => (await rows()).at(-1)?.result).toBe("failed");
  expect(await page()).toContain("Harbour survey");
  expect((await load.stop()).failures).toEqual([]);
});

it("of two people who push at once nobody's release is half done: the last one is live, both are on record", async () => {
  const before = (await rows()).length;
  retitle("By Ana");
  const ana = await tag.build(stack.app, "ana");
  retitle("By Bo");
  const bo = await tag.build(stack.app, "bo");
  const load = askConstantly(url, 50);
  await tag.move(ana);
  await stack.onMachine("bash", "-c", "slipway follow survey >/dev/null 2>&1 & sleep 1");
  await tag.move(bo);
  await eventually(page).toContain("By Bo");
  expect((await load.stop()).failures).toEqual([]);
  const since = (await rows()).slice(before);
  expect(since.at(-1)).toMatchObject({ actor: "tag main", result: "live" });
  expect(since.every(({ result }) => result === "live")).toBe(true);
});

it("a build that does not know the other's change of the database is caught before it serves anyone", async () => {
  const withoutIt = await tag.build(stack.app, "without");
  const migration = join(stack.app, "questions", "migrations", "0002_person.py");
  writeFileSync(
    migration,
    [
      "from django.db import migrations",
      "",
      "",
      "class Migration(migrations.Migration):",
      '    dependencies = [("questions", "0001_initial")]',
      '    operations = [migrations.RenameField("answer", "respondent", "person")]',
      "",
    ].join("\n"),
  );
  for (const file of ["models", "forms", "views"]) {
    stack.edit(`questions/${file}.py`, (text) => text.replaceAll(/\brespondent\b(?!')/g, "person"));
  }
  stack.edit("questions/templates/questions/questions.html", (text) =>
    text.replaceAll('name="respondent"', 'name="person"'),
  );
  retitle("By Ana, with persons");
  await tag.move(await tag.build(stack.app, "with"));
  await eventually(page).toContain("By Ana, with persons");
  const releases = await stack.onMachine("bash", "-c", `slipway releases survey ${(await rows()).at(-1)?.release}`);
  expect(releases).toContain("is not healthy on the migrated database");
  const load = askConstantly(url, 50);
  await tag.move(withoutIt);
  await eventually(async () => (await rows()).at(-1)?.result).toBe("failed");
  expect((await load.stop()).failures).toEqual([]);
  expect(await page()).toContain("1 answer, 5.0 on average");
  rmSync(migration);
});

it("a second up changes nothing", async () => {
  expect((await stack.up()).changes).toBe("0 changes");
});
