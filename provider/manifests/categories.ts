/** What an annotation may be of. */
export interface Category {
  /** Its id in the file; a large one is text, because a number would change it. */
  id: number | string;
  name: string;
  supercategory?: string;
  /** What else the file says about it, such as the names of its keypoints. */
  [field: string]: unknown;
}

/** A category of a format that has no list of them: they come and go with its annotations, so it has no number. */
export interface FoundCategory {
  name: string;
  id?: undefined;
  supercategory?: undefined;
}

/** What a manifest says that annotations may be of. */
export type DeclaredCategory = Category | FoundCategory;

/** Whether a category has an id, as those of a list have. */
export function isListed(category: DeclaredCategory): category is Category {
  return category.id !== undefined;
}

/** Names as categories of no list, in the order of the alphabet. */
export function foundCategories(names: Iterable<string>): FoundCategory[] {
  return [...new Set(names)].sort().map((name) => ({ name }));
}

/** Names as categories, numbered from 1 as COCO does. */
export function numbered(names: readonly string[]): Category[] {
  return names.map((name, index) => ({ id: index + 1, name }));
}

/** The names that several categories have. Labels know a category by its name, so they become one. */
export function sharedNames(names: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  return new Set([...names].filter((name) => seen.size === seen.add(name).size));
}

/** How a preview counts labels whose category shares its name with another one. */
export const sharedName = "category id (its name is not unique)";

/** Ids after those that are taken. */
export class FreeIds {
  #last = 0;

  constructor(taken: Iterable<Category>) {
    for (const { id } of taken) {
      this.take(id);
    }
  }

  take(id: Category["id"]): void {
    const number = Number(id);
    // A larger id is far from any that is counted.
    this.#last = Number.isSafeInteger(number) ? Math.max(this.#last, number) : this.#last;
  }

  next(): number {
    this.#last += 1;
    return this.#last;
  }
}
