import type { SQLInputValue } from "node:sqlite";
import type { Status } from "../model.ts";
import type { PageRequest } from "./pages.ts";

export interface WorkItemFilter {
  projectId: string;
  ids?: string[] | undefined;
  batchIds?: number[] | undefined;
  statuses?: Status[] | undefined;
  createdFrom?: number | undefined;
  createdTo?: number | undefined;
  updatedFrom?: number | undefined;
  updatedTo?: number | undefined;
}

interface WorkItemQuery {
  where: string;
  order: string;
  values: SQLInputValue[];
}

/** The SQL of a filter. It has few shapes, so that each is prepared only once; lists are passed as JSON. */
export function toQuery(filter: WorkItemFilter, request?: PageRequest): WorkItemQuery {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...operands: Array<SQLInputValue | undefined>) => {
    const given = operands.filter((operand) => operand !== undefined);
    if (given.length > 0) {
      conditions.push(condition);
      values.push(...given);
    }
  };
  const { ids, batchIds, statuses } = filter;
  const batchId = ids === undefined && batchIds?.length === 1 ? batchIds[0] : undefined;
  // A plus sign keeps SQLite from using that column's index. Otherwise SQLite would prefer to walk through the whole
  // project even if the filter has ids or a batch.
  const plus = ids !== undefined || batchId !== undefined ? "+" : "";
  add(`${plus}project_id = ?`, filter.projectId);
  add("id IN (SELECT value FROM json_each(?))", ids && JSON.stringify(ids));
  if (batchId === undefined) {
    add("+batch_id IN (SELECT value FROM json_each(?))", batchIds && JSON.stringify(batchIds));
  } else {
    add("batch_id = ?", batchId);
  }
  add("status IN (SELECT value FROM json_each(?))", statuses && JSON.stringify(statuses));
  add("created_at >= ?", filter.createdFrom);
  add("created_at <= ?", filter.createdTo);
  add("updated_at >= ?", filter.updatedFrom);
  add("updated_at <= ?", filter.updatedTo);
  const forward = request === undefined || request.direction === "NEXT";
  add(`(created_at, seq) ${forward ? ">" : "<"} (?, ?)`, ...(request?.after ?? []));
  const direction = forward ? "ASC" : "DESC";
  return {
    where: conditions.join(" AND "),
    order: `created_at ${direction}, seq ${direction}`,
    values,
  };
}
