/** Sizes, times and images as people read them. */

/** Bytes, e.g. `12.3 GB`, `480 MB` or `8 KB`. */
export function sizeText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.max(0, Math.round(bytes / 1e3))} KB`;
}

/** A moment in ISO 8601, to the second: `2026-01-02 03:04:05`, UTC. */
export function momentText(at: string): string {
  return at.slice(0, 19).replace("T", " ");
}

/** How long ago `at` was at `now`, in the largest unit that fits, e.g. `3 days ago`; times in milliseconds since 1970. */
export function agoText(at: number, now: number): string {
  return `${spanText(now - at)} ago`;
}

/** How far off `at` is at `now`, likewise, e.g. `in 3 days`. */
export function inText(at: number, now: number): string {
  return `in ${spanText(at - now)}`;
}

/** A span of milliseconds in the largest unit that fits, e.g. `3 days`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const units: [string, number][] = [
    ["day", 86_400],
    ["hour", 3_600],
    ["minute", 60],
  ];
  const [unit, length] = units.find(([, length]) => seconds >= length) ?? ["second", 1];
  const count = Math.floor(seconds / length);
  return counted(count, unit);
}

/** A number and its noun, e.g. `1 image`, `2 images`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The first twelve digits of an image's digest; an image without one as it is. */
export function digestText(image: string): string {
  return /sha256:([0-9a-f]{12})/.exec(image)?.[1] ?? image;
}

/** The first twelve digits of a commit, and the `+` of a checkout in which files differed from it. */
export function commitText(commit: string): string {
  return commit.replace(/^([0-9a-f]{12})[0-9a-f]+/, "$1");
}

/** Rows as columns two blanks apart, none of them with blanks at its end. */
export function tableText(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** A text broken between words into lines of at most `width` characters; a longer word stays whole on a line of its own. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** A text cut to `width` characters, with `…` as the last one where something is missing. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1)).trimEnd()}…`;
}
