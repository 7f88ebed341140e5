/** What is told of a stack that was brought up, as Markdown. */
import type { Outputs } from "../stack/outputs";

/** How it went. */
export interface Deployed {
  /** `0 changes`, or `3 changes: …`. */
  readonly changes: string;
  readonly seconds: number;
  readonly outputs: Pick<Outputs, "urls" | "releases">;
}

/** @see the file's head */
export function deploySummary(stack: string, { changes, seconds, outputs }: Deployed): string {
  const rows = Object.entries(outputs.releases).map(([app, { number, images }]) => {
    const digests = Object.entries(images).map(([process, image]) => `${process} \`${shortImage(image)}\``);
    return `| ${app} | ${number} | ${digests.join("<br>")} | ${(outputs.urls[app] ?? []).join("<br>")} |`;
  });
  return [
    `## Stack \`${stack}\` is up`,
    `${changes}, in ${Math.round(seconds)} s.`,
    ...(rows.length > 0 ? [["| app | release | images | answers at |", "|---|---:|---|---|", ...rows].join("\n")] : []),
  ].join("\n\n");
}

/** @param run address of the run that tells more */
export function deployFailure(stack: string, message: string, run: string | undefined): string {
  return [
    `## Stack \`${stack}\` is not up`,
    `\`\`\`text\n${message.replaceAll("```", "'''")}\n\`\`\``,
    `What was live goes on serving.${run === undefined ? "" : ` [The run](${run}) tells more.`}`,
  ].join("\n\n");
}

/** A repository's own name and the beginning of the digest. */
function shortImage(image: string): string {
  const [repository = "", digest] = image.split("@sha256:");
  const name = repository.split("/").at(-1) ?? repository;
  return digest === undefined ? name : `${name}@sha256:${digest.slice(0, 12)}`;
}
