/** What an annotation may be of. */
export interface Category {
  /** Its id in the file; a large one is text, because a number would change it. */
  id: number | string;
  name: string;
  supercategory?: string;
}
