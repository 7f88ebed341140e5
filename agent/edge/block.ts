/** A block of a Caddyfile: its head, and what stands in it, indented by a tab. */
export function block(head: string, lines: readonly string[]): string {
  const inner = lines
    .flatMap((line) => line.split("\n"))
    .map((line) => `\t${line}`)
    .join("\n");
  return `${head}${head ? " " : ""}{\n${inner}\n}`;
}
