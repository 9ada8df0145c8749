import {
  type Category,
  type DeclaredCategory,
  FreeIds,
  isListed,
} from "../manifests/categories.ts";

/**
 * Gives the categories of results their ids: those of a declared list keep theirs, what people add comes after them, and
 * none gets another id than before, in whichever order work finishes. Declared ones of no list come after those of before,
 * because they change with the pictures.
 */
export class CategoryNumbers {
  readonly #all: Category[];
  readonly #declared: Map<string, Category[]>;
  /** The categories of earlier results by name, once they have their ids. */
  #earlier = new Map<string, Category[]>();
  readonly #free: FreeIds;
  /** By name and supercategory, as one text. */
  readonly #found = new Map<string, Category>();

  /** `earlier` are the categories of the file as it was last written. */
  constructor(declared: readonly DeclaredCategory[] = [], earlier: readonly Category[] = []) {
    const listed = declared.filter(isListed);
    this.#all = listed.map((category) => ({ ...category }));
    this.#declared = Map.groupBy(this.#all, ({ name }) => name);
    this.#free = new FreeIds([...listed, ...earlier]);
    const taken = new Set(listed.map(({ id }) => String(id)));
    for (const category of earlier) {
      const id = String(category.id);
      this.of(category, taken.has(id) ? undefined : category.id);
      taken.add(id);
    }
    this.#earlier = Map.groupBy(this.#all, ({ name }) => name);
    for (const category of declared) {
      if (!isListed(category)) {
        const { name } = category;
        const known = this.#all.filter((each) => each.name === name);
        this.#declared.set(name, known.length > 0 ? known : [this.of(category)]);
      }
    }
  }

  get all(): readonly Category[] {
    return this.#all;
  }

  /** The category that one of another file stands for, with its id here: a new one gets `id`, or the next. */
  of(category: DeclaredCategory, id?: Category["id"]): Category {
    const { name, supercategory = "" } = category;
    const text = JSON.stringify([name, supercategory]);
    let numbered =
      this.#found.get(text) ??
      this.#declaredLike(name, supercategory) ??
      this.#earlierLike(name, supercategory);
    if (numbered === undefined) {
      numbered = { ...category, id: id ?? this.#free.next(), supercategory };
      this.#all.push(numbered);
    } else {
      // What the file says besides, such as the names of keypoints.
      Object.assign(numbered, { ...category, ...numbered });
    }
    this.#found.set(text, numbered);
    return numbered;
  }

  /** A name says which declared category is meant, unless several have it. */
  #declaredLike(name: string, supercategory: string): Category | undefined {
    const alike = this.#declared.get(name) ?? [];
    return alike.find((each) => (each.supercategory ?? "") === supercategory) ?? alike[0];
  }

  /** A category without a supercategory is the earlier one of that name: a manifest may have told its supercategory. */
  #earlierLike(name: string, supercategory: string): Category | undefined {
    const [only, other] = this.#earlier.get(name) ?? [];
    return supercategory === "" && other === undefined ? only : undefined;
  }
}
