/** The `random` plugin's stand-in: ids, strings and passwords from the system's source of randomness. */
import { randomBytes, randomInt } from "node:crypto";
import bcrypt from "bcryptjs";
import type { Failure, Made, Plugin, Resource } from "../resource";
import { type Properties, unknown } from "../wire";

const alphabets = {
  numeric: "0123456789",
  lower: "abcdefghijklmnopqrstuvwxyz",
  upper: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
  special: "!@#$%&*()-_=+[]{}<>:?",
};

/** Which characters a text is made of. */
interface Characters {
  readonly alphabet: string;
  readonly wanted: boolean;
  readonly least: number;
}

/** A text of `length` characters, drawn evenly from what is wanted, with the least of each kind, in random order. */
export function randomText(length: number, kinds: readonly Characters[]): string {
  const all = [
    ...kinds
      .filter(({ wanted }) => wanted)
      .map(({ alphabet }) => alphabet)
      .join(""),
  ];
  const drawn = kinds.flatMap(({ alphabet, least }) => draw([...alphabet], least));
  return shuffle([...drawn, ...draw(all, length - drawn.length)]).join("");
}

function draw(alphabet: readonly string[], count: number): string[] {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)] as string);
}

function shuffle(characters: readonly string[]): string[] {
  const rest = [...characters];
  return characters.map(() => rest.splice(randomInt(rest.length), 1)[0] as string);
}

function kinds(inputs: Properties): Characters[] {
  const special =
    typeof inputs.overrideSpecial === "string" && inputs.overrideSpecial !== ""
      ? inputs.overrideSpecial
      : alphabets.special;
  return [
    {
      alphabet: alphabets.numeric,
      wanted: inputs.numeric !== false && inputs.number !== false,
      least: Number(inputs.minNumeric ?? 0),
    },
    { alphabet: alphabets.lower, wanted: inputs.lower !== false, least: Number(inputs.minLower ?? 0) },
    { alphabet: alphabets.upper, wanted: inputs.upper !== false, least: Number(inputs.minUpper ?? 0) },
    { alphabet: special, wanted: inputs.special !== false, least: Number(inputs.minSpecial ?? 0) },
  ];
}

function mistakes(inputs: Properties): Failure[] {
  const least = kinds(inputs).reduce((sum, kind) => sum + kind.least, 0);
  if (!Number.isInteger(inputs.length) || Number(inputs.length) < Math.max(1, least)) {
    const allowed = `a whole number of at least ${Math.max(1, least)} (1, and the sum of minLower, minNumeric, minSpecial and minUpper)`;
    return [{ property: "length", reason: `length is ${JSON.stringify(inputs.length)}; allowed: ${allowed}` }];
  }
  if (!kinds(inputs).some(({ wanted }) => wanted)) {
    return [
      { property: "length", reason: "lower, numeric, special and upper are all false; set at least one of them" },
    ];
  }
  return [];
}

const textInputs = [
  "keepers",
  "length",
  "lower",
  "minLower",
  "minNumeric",
  "minSpecial",
  "minUpper",
  "number",
  "numeric",
  "overrideSpecial",
  "special",
  "upper",
];

const texts = {
  required: ["length"],
  replaceOn: textInputs,
  defaults: { lower: true, minLower: 0, minNumeric: 0, minSpecial: 0, minUpper: 0, special: true, upper: true },
  chosen: ["number", "numeric"],
  compare: "state",
  mistakes,
} as const;

function textOutputs(inputs: Properties, results: Properties): Properties {
  const numeric = inputs.numeric ?? inputs.number ?? true;
  return { ...texts.defaults, ...inputs, number: numeric, numeric, ...results };
}

const randomString: Resource = {
  ...texts,
  computed: ["result"],
  preview: async (inputs) => textOutputs(inputs, { result: unknown }),
  async create(inputs): Promise<Made> {
    const result = randomText(Number(inputs.length), kinds(inputs));
    return { id: result, outputs: textOutputs(inputs, { result }) };
  },
};

const randomPassword: Resource = {
  ...texts,
  computed: ["result", "bcryptHash"],
  secrets: ["result", "bcryptHash"],
  preview: async (inputs) => textOutputs(inputs, { result: unknown, bcryptHash: unknown }),
  async create(inputs): Promise<Made> {
    const result = randomText(Number(inputs.length), kinds(inputs));
    const bcryptHash = await bcrypt.hash(result, 10);
    return { id: "none", outputs: textOutputs(inputs, { result, bcryptHash }) };
  },
};

const randomId: Resource = {
  required: ["byteLength"],
  replaceOn: ["byteLength", "keepers", "prefix"],
  computed: ["b64Std", "b64Url", "dec", "hex"],
  compare: "state",
  mistakes: ({ byteLength }) =>
    Number.isInteger(byteLength) && Number(byteLength) > 0
      ? []
      : [
          {
            property: "byteLength",
            reason: `byteLength is ${JSON.stringify(byteLength)}; allowed: a whole number of at least 1`,
          },
        ],
  async create(inputs): Promise<Made> {
    const bytes = randomBytes(Number(inputs.byteLength));
    const prefix = typeof inputs.prefix === "string" ? inputs.prefix : "";
    const [hex, b64Std, b64Url] = [bytes.toString("hex"), bytes.toString("base64"), bytes.toString("base64url")];
    const dec = BigInt(`0x${hex}`).toString();
    const forms = { b64Std: prefix + b64Std, b64Url: prefix + b64Url, dec: prefix + dec, hex: prefix + hex };
    return { id: b64Url, outputs: { ...inputs, ...forms } };
  },
};

/** @see Plugin */
export const random: Plugin = {
  name: "random",
  resources: {
    "random:index/randomId:RandomId": randomId,
    "random:index/randomPassword:RandomPassword": randomPassword,
    "random:index/randomString:RandomString": randomString,
  },
};
