import { breach, type Rule } from "../rule";

/** What anybody can read who may read the repository is a secret no more; so this holds for every stack. */
export const secretInClear: Rule = {
  name: "secret-in-clear",
  description: "No token, password or private key stands in clear in settings, compose file or build.",
  everywhere: true,
  ofSettings: ({ clear }) =>
    clear.map((where) => breach(where, "a secret stands here in clear (its value isn't shown)", mendOf(where))),
};

function mendOf(where: string): string {
  const [, app, place] = /^slipway:apps\.([^.]+)\.(env|build)/.exec(where) ?? [];
  if (place === "env") return `make it anew, list it under slipway:apps.${app}.secrets, and remove it here`;
  if (place === "build")
    return "make it anew; what a build is given stays in the image, so let the app read it when it runs";
  if (!where.includes(" ")) return `make it anew, then pulumi config set --secret ${where}`;
  return "make it anew, list it under secrets of the app in the stack's file, and remove it here";
}
