import { FilesError } from "../disk/problems.ts";
import { type DeclaredCategory, numbered } from "../manifests/categories.ts";
import { readCategories } from "../manifests/manifest.ts";

/** The categories that a declaration lists, or that its manifest has; text says what is wrong. */
export async function listDeclaredCategories({
  categories,
  manifest,
}: {
  categories?: readonly string[];
  manifest?: string;
}): Promise<readonly DeclaredCategory[] | string | undefined> {
  if (manifest === undefined) {
    const twice = categories?.find((name, index) => categories.indexOf(name) !== index);
    return twice === undefined ? categories && numbered(categories) : `has "${twice}" twice`;
  }
  try {
    return (
      (await readCategories(manifest)) ?? "its format has no categories: name them in categories"
    );
  } catch (error) {
    if (error instanceof FilesError) {
      return error.message;
    }
    throw error;
  }
}
