/** A line of a manifest: what it says about a work item. */
export interface Row {
  line: number;
  /** What could not be read, if anything. */
  problem?: string;
  fields: Record<string, unknown>;
}
