import { Refusal } from "./lifecycle.ts";

/** The two halves of a resource's id, `<project or space>/<the rest>`. */
export function splitId(id: string, what: string): [parent: string, rest: string] {
  const [, parent, rest] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  if (parent === undefined || rest === undefined) {
    throw new Refusal(`"${id}" is not the id of a ${what}: it has the form <uuid>/<id>`);
  }
  return [parent, rest];
}
