import { z } from "zod";
import { parseJson } from "../api/int64.ts";
import { Refusal } from "../lifecycle/lifecycle.ts";
import { stripUrl } from "../text/urls.ts";

/** An id within one file. Large ids are text, because a number would change them. */
const id = z.union([z.number(), z.string()]);

const schema = z.looseObject({
  images: z
    .array(z.looseObject({ id, file_name: z.string().transform(stripUrl).nullish() }), {
      error: "must be a list",
    })
    .min(1, { error: "must not be empty" }),
  annotations: z
    .array(
      z.looseObject({
        image_id: id,
        category_id: id.nullish(),
        bbox: z
          .array(z.number(), { error: "must be 4 numbers" })
          .length(4, { error: "must be 4 numbers" })
          .nullish(),
      }),
      { error: "must be a list" },
    )
    .default([]),
  categories: z
    .array(z.looseObject({ id, name: z.string(), supercategory: z.string().nullish() }), {
      error: "must be a list",
    })
    .default([]),
});

/** The annotations that people made for one work item, as a COCO document. */
export type ItemCoco = z.output<typeof schema>;

/** Reads the COCO document of one work item. Refuses anything else, without repeating what it says. */
export function parseCoco(text: string): ItemCoco {
  let json: unknown;
  try {
    json = parseJson(text);
  } catch {
    throw new Refusal("the annotation file is not JSON");
  }
  const result = schema.safeParse(json);
  const problem = result.success ? referenceProblem(result.data) : issueOf(result.error);
  if (problem !== undefined || !result.success) {
    throw new Refusal(`the annotation file is not COCO: ${problem}`);
  }
  return result.data;
}

function issueOf({ issues: [issue] }: z.ZodError): string {
  const path = issue?.path.join(".") ?? "";
  return `${path === "" ? "it" : path} ${issue?.message ?? "is wrong"}`;
}

/** What is wrong with the references in the file: one leads nowhere, or an id stands for more than one thing. */
function referenceProblem({ images, annotations, categories }: ItemCoco): string | undefined {
  const imageIds = new Set(images.map(({ id }) => String(id)));
  const categoryIds = new Set(categories.map(({ id }) => String(id)));
  if (imageIds.size < images.length || categoryIds.size < categories.length) {
    return "an id of its images or categories is there twice";
  }
  const lost = annotations.find(
    ({ image_id, category_id }) =>
      !imageIds.has(String(image_id)) ||
      (category_id != null && !categoryIds.has(String(category_id))),
  );
  return lost && "an annotation is of an image or a category that is not there";
}
