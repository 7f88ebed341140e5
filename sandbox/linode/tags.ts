import { z } from "zod";

/** Tags as requests bring them; the API keeps each once, in order. */
export const AskedTags = z
  .array(z.string().min(3, "Length must be 3-50 characters").max(50, "Length must be 3-50 characters"))
  .nullish()
  .transform((tags) => (tags ? [...new Set(tags)].sort() : tags));
