import { ask, type TestStack } from "../test/e2e/support/stack";
import { onStack, pulumiOf } from "./pulumi";
import { median, type Report, timed } from "./report";

const rounds = 3;
/** Previews side by side on one machine. */
const many = 10;
/** Pull requests that are opened and closed in all, before what is left of them is counted. */
const all = 20;

/**
 * An environment of a pull request on a shared machine: bringing it up against a release of the app's own stack that changes nothing but code,
 * taking it down, ten of them side by side, and what is left of twenty that were opened and closed.
 */
export async function previews(stack: TestStack): Promise<Report> {
  stack.configure((settings) => {
    settings.setIn(["config", "slipway:previews"], { domain: "previews.localhost" });
    settings.setIn(["config", "slipway:apps", "notes", "limits", "watch"], 5);
  });
  const { url } = await stack.up();
  const pulumi = await pulumiOf(stack);
  const on = ["--on", "dev", "--sandbox"];
  const preview = async (verb: string, pull: number) => {
    const { seconds, result } = await timed(() => stack.verb("preview-env", [verb, String(pull), ...on]));
    if (result.exitCode !== 0) throw new Error(result.all);
    return seconds;
  };
  const [changes, ups, downs]: number[][] = [[], [], []];
  for (let round = 0; round <= rounds; round++) {
    edit(stack, `change ${round}`);
    const change = await pulumi(["up", "--yes", "--skip-preview", ...onStack(stack)]);
    // A pull request changes code, too.
    edit(stack, `pull request ${round}`);
    const up = await preview("up", 100 + round);
    if (!(await isServed(url, 100 + round, `pull request ${round}`))) throw new Error("the preview is not served");
    const down = await preview("down", 100 + round);
    // The first round fills the builder's cache.
    if (round > 0) {
      changes?.push(change);
      ups?.push(up);
      downs?.push(down);
    }
  }
  const crowd: number[] = [];
  for (let pull = 1; pull <= many; pull++) crowd.push(await preview("up", pull));
  let missing = 0;
  for (let pull = 1; pull <= many; pull++) if (!(await isServed(url, pull, `pull request ${rounds}`))) missing += 1;
  const listed = JSON.parse((await stack.verb("preview-env", ["list", "--json", ...on])).stdout) as unknown[];
  if (listed.length !== many) throw new Error(`${listed.length} of ${many} are listed`);
  for (let pull = 1; pull <= many; pull++) await preview("down", pull);
  // Two at once, as pull requests come.
  for (let pull = many + 1; pull < all - rounds; pull += 2) {
    const both = [pull, pull + 1];
    await Promise.all(both.map((one) => preview("up", one)));
    await Promise.all(both.map((one) => preview("down", one)));
  }
  const still = JSON.parse((await stack.verb("preview-env", ["list", "--json", ...on])).stdout) as unknown[];
  const { all: traces } = await stack.sh(
    "ls /var/lib/slipway/apps; docker ps -a --format '{{.Names}}'; docker volume ls -q; docker network ls --format '{{.Name}}'; cd /; sudo -u postgres psql -Atc 'SELECT datname FROM pg_database'",
  );
  const left = traces.split("\n").filter((line) => /pr[-_]\d/.test(line));
  return {
    rows: [
      {
        what: "preview up / code-only release",
        value: median(ups ?? []) / median(changes ?? []),
        limit: 3,
        unit: "×",
      },
      { what: "preview down", value: median(downs ?? []), limit: 15, unit: "s" },
      { what: "of ten side by side, not served", value: missing, limit: 0, unit: "" },
      { what: "left of twenty on the machine", value: left.length, limit: 0, unit: "" },
      { what: "left of twenty in the state", value: still.length, limit: 0, unit: "" },
    ],
    raw: { "code-only release, s": changes ?? [], "up, s": ups ?? [], "down, s": downs ?? [], "up of ten, s": crowd },
  };
}

function edit(stack: TestStack, title: string): void {
  stack.edit("board/templates/board/board.html", (text) => text.replace(/<h1>.*<\/h1>/, `<h1>${title}</h1>`));
}

async function isServed(url: string, pull: number, title: string): Promise<boolean> {
  const { port } = new URL(url);
  return (await ask(`http://pr-${pull}.previews.localhost:${port}/`)).body.includes(`<h1>${title}</h1>`);
}
