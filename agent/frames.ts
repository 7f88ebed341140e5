/** Stack traces cut short, so that the reason stays among the last lines that are shown: Ruby and Node write it first, and frames after it. */

/** A frame as Ruby (`from …`), Node and Java (`at …`) write it: one line, indented. */
const FRAME = /^\s+(from|at) /;
/** Frames shown of a trace before and after what is left out; a gap of one line saves nothing. */
const HEAD = 5;
/** @see HEAD */
const TAIL = 1;

/** The lines with each long run of frames shortened to its first and last ones and how many were left out. */
export function withoutFrames(lines: readonly string[]): string[] {
  const shown: string[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (FRAME.test(lines[end] ?? "")) end += 1;
    const left = end - at - HEAD - TAIL;
    if (left > 1) shown.push(...lines.slice(at, at + HEAD), `\t… ${left} more`, ...lines.slice(end - TAIL, end));
    else shown.push(...lines.slice(at, Math.max(end, at + 1)));
    at = Math.max(end, at + 1);
  }
  return shown;
}
