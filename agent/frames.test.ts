import { expect, it } from "vitest";
import { withoutFrames } from "./frames";

const frames = (count: number) => Array.from({ length: count }, (_, index) => `\tfrom gem.rb:${index}:in 'call'`);

it("keeps the reason that stands above a long trace, with the frames next to it", () => {
  expect(withoutFrames(["booting", "app.rb:1:in 'draw': broken (RuntimeError)", ...frames(60), "bye"])).toEqual([
    "booting",
    "app.rb:1:in 'draw': broken (RuntimeError)",
    ...frames(5),
    "\t… 54 more",
    "\tfrom gem.rb:59:in 'call'",
    "bye",
  ]);
});

it("leaves short traces and other indented lines as they are", () => {
  const node = ["Error: broken", "    at a (a.js:1:1)", "    at b (b.js:1:1)"];
  const python = Array.from({ length: 20 }, () => '  File "a.py", line 1, in <module>');
  for (const lines of [node, python, frames(7), []]) expect(withoutFrames(lines)).toEqual(lines);
});
