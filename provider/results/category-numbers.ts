import type { Category } from "../manifests/categories.ts";

/**
 * Gives the categories of results their ids: declared ones keep theirs, what people add comes after them, and none gets
 * another id than before, in whichever order work finishes.
 */
export class CategoryNumbers {
  readonly #all: Category[] = [];
  readonly #declared: readonly Category[];
  /** By name and supercategory, as one text. */
  readonly #found = new Map<string, Category>();

  /** `earlier` are the categories of the file as it was last written. */
  constructor(declared: readonly Category[] = [], earlier: readonly Category[] = []) {
    this.#declared = declared;
    this.#all.push(...declared);
    for (const category of earlier) {
      const isFree = this.#all.every(({ id }) => String(id) !== String(category.id));
      this.#numbered(category, isFree ? category.id : undefined);
    }
  }

  get all(): readonly Category[] {
    return this.#all;
  }

  /** The category that one of another file stands for, with its id here. */
  of(category: Category): Category {
    return this.#numbered(category);
  }

  #numbered(category: Category, id?: Category["id"]): Category {
    const { name, supercategory = "" } = category;
    const text = JSON.stringify([name, supercategory]);
    const known = this.#found.get(text) ?? this.#declaredLike(name, supercategory);
    const numbered = known ?? { ...category, id: id ?? this.#nextId(), name, supercategory };
    if (known === undefined) {
      this.#all.push(numbered);
    }
    this.#found.set(text, numbered);
    return numbered;
  }

  /** A name says which declared category is meant, unless several have it. */
  #declaredLike(name: string, supercategory: string): Category | undefined {
    const alike = this.#declared.filter((each) => each.name === name);
    const same = alike.find((each) => (each.supercategory ?? "") === supercategory);
    return same ?? alike[0];
  }

  #nextId(): number {
    return Math.max(0, ...this.#all.map(({ id }) => Number(id) || 0)) + 1;
  }
}
