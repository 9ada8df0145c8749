/** A line of a manifest: what it says of a work item. */
export interface Row {
  line: number;
  /** What could not be read, where something could not. */
  problem?: string;
  fields: Record<string, unknown>;
}
