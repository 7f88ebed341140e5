/** What others have written, as a terminal can be shown it. */

/** Colours stay, and what parts lines and columns; every other control character goes, with what a terminal takes for one (ECMA-48, C1). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /(\x1b\[[0-9;:]*m|[\n\t])|[\x00-\x1f\x7f-\x9f]/g;

/**
 * A text in which nothing moves the cursor, writes over what stands there already, or gives orders to the terminal or whoever else reads it line
 * by line: each control character is told by its picture.
 */
export function plain(text: string): string {
  return text.replace(CONTROLS, (found, harmless?: string) => harmless ?? pictureOf(found.charCodeAt(0)));
}

/** Its picture among Unicode's; those without one share that of an unknown character. */
function pictureOf(code: number): string {
  if (code === 0x7f) return "\u2421";
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : "\ufffd";
}
