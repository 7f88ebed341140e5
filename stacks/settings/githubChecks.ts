/** What is wrong with a section whose every member is well formed. Plain data. */
import { isSecretName } from "./compose";
import type { GitHubSection } from "./github";
import type { Origin } from "./githubOrigin";
import { PIECES, type Piece, type Place, PRIVATE } from "./githubPlaces";
import type { Mistake } from "./mistakes";

/** Bytes of a secret or a variable, how many of each, and how many reviewers an environment may have (docs.github.com, 2026). */
const SIZE = 48 * 1024;
const COUNT = 100;
const REVIEWERS = 6;

/** Everything else that there is to find. @param ci whether CI gets a key of its own to release with */
export function githubMistakes(
  path: string,
  section: GitHubSection,
  names: Readonly<Record<Piece, Place>>,
  origins: readonly (readonly [string, Origin])[],
  ci: boolean,
): Mistake[] {
  return [
    ...reviewerMistakes(path, section.reviewers),
    ...pieceMistakes(path, section, names, ci),
    ...doubleMistakes(path, section, names, ci),
    ...clearMistakes(path, section.variables),
    ...sizeMistakes(path, origins, section.variables),
  ];
}

function reviewerMistakes(path: string, { users, teams }: GitHubSection["reviewers"]): Mistake[] {
  const count = users.length + teams.length;
  if (count <= REVIEWERS) return [];
  return [
    {
      path: `${path}.reviewers`,
      what: `names ${count} users and teams`,
      allowed: `at most ${REVIEWERS} together; one of them is enough to approve`,
      mend: "name a team instead of its members",
    },
  ];
}

/** Places that can't be what they are for, and names of what there is none of. */
function pieceMistakes(
  path: string,
  { names: asked, deployKey }: GitHubSection,
  names: Readonly<Record<Piece, Place>>,
  ci: boolean,
): Mistake[] {
  return (Object.keys(asked) as Piece[]).flatMap((piece): Mistake[] => {
    const at = `${path}.names.${piece}`;
    if (PRIVATE.includes(piece) && names[piece].in === "variables") {
      return [
        {
          path: at,
          what: "is a private key, and anyone with access reads a variable",
          allowed: `secrets.${names[piece].name}`,
        },
      ];
    }
    if (piece === "deployKey" && deployKey === "none") {
      return [
        { path: at, what: "names a key that there is none of", mend: `${path}.deployKey: read, or remove it here` },
      ];
    }
    if (piece !== "deployKey" && !ci) {
      return [
        {
          path: at,
          what: "names what CI logs in with, and CI may release nothing",
          mend: "slipway:ci: { apps: [NAME] }, or remove it here",
        },
      ];
    }
    return [];
  });
}

/** Names that two things would have; GitHub tells no lower case from upper. */
function doubleMistakes(
  path: string,
  { secrets, variables, deployKey }: GitHubSection,
  names: Readonly<Record<Piece, Place>>,
  ci: boolean,
): Mistake[] {
  const there = (Object.keys(PIECES) as Piece[]).filter((piece) => (piece === "deployKey" ? deployKey !== "none" : ci));
  const claims = [
    ...there.map((piece) => ({ ...names[piece], path: `${path}.names.${piece}` })),
    ...Object.keys(secrets).map((name) => ({ in: "secrets", name, path: `${path}.secrets.${name}` })),
    ...Object.keys(variables).map((name) => ({ in: "variables", name, path: `${path}.variables.${name}` })),
  ];
  return claims.flatMap((claim, index) => {
    const first = claims
      .slice(0, index)
      .find((other) => other.in === claim.in && other.name.toUpperCase() === claim.name.toUpperCase());
    if (!first) return [];
    return [
      {
        path: claim.path,
        what: `${claim.name} is the name of ${first.path}, too`,
        mend: "give one of them another name",
      },
    ];
  });
}

function sizeMistakes(
  path: string,
  secrets: readonly (readonly [string, Origin])[],
  variables: Readonly<Record<string, string>>,
): Mistake[] {
  const values = [
    ...secrets.flatMap(([name, origin]) =>
      origin.from === "config" ? [[`secrets.${name}`, origin.value] as const] : [],
    ),
    ...Object.entries(variables).map(([name, value]) => [`variables.${name}`, value] as const),
  ];
  const large = values.flatMap(([at, value]) => {
    const bytes = Buffer.byteLength(value);
    return bytes > SIZE
      ? [
          {
            path: `${path}.${at}`,
            what: `${bytes} bytes are too many for GitHub`,
            allowed: `at most ${SIZE} bytes (48 KB)`,
          },
        ]
      : [];
  });
  const many = [
    ["secrets", secrets.length],
    ["variables", Object.keys(variables).length],
  ] as const;
  return [
    ...large,
    ...many.flatMap(([at, count]) =>
      count > COUNT - Object.keys(PIECES).length
        ? [
            {
              path: `${path}.${at}`,
              what: `${count} are too many for one environment`,
              allowed: `at most ${COUNT}, the stack's own among them`,
            },
          ]
        : [],
    ),
  ];
}

/** Variables whose name says that they are secrets. */
function clearMistakes(path: string, variables: Readonly<Record<string, string>>): Mistake[] {
  return Object.entries(variables).flatMap(([name, value]) =>
    isSecretName(name) && value !== ""
      ? [
          {
            path: `${path}.variables.${name}`,
            what: "a secret stands here in clear",
            mend: `list it as ${name}: config under ${path}.secrets, then: pulumi config set --secret ${path}.${name}`,
          },
        ]
      : [],
  );
}
