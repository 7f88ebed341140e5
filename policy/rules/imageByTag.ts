import { breach, type Rule } from "../rule";

/** What runs can be told from its name, and doesn't change under it. */
export const imageByTag: Rule = {
  name: "image-by-tag",
  description: "Images are named by digest: a tag may stand for something else tomorrow.",
  ofSettings: ({ apps }) =>
    Object.values(apps).flatMap(({ tags }) =>
      Object.entries(tags).map(([where, image]) =>
        breach(where, `${image} is a tag`, `name it by digest: ${untagged(image)}@sha256:…`),
      ),
    ),
};

/** `registry:5000/shop` of `registry:5000/shop:main`. */
function untagged(image: string): string {
  return image.replace(/:[^/:]+$/, "");
}
