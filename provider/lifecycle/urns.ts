/** What a URN says about a resource: `urn:pulumi:<stack>::<project>::<types>::<name>`. A name may have `::` in it. */
interface UrnParts {
  /** Undefined if the text is not a URN. */
  stack: string | undefined;
  project: string;
  /** Its kind, after the kinds of its parents: `Dataset`, `WorkItemSet`. */
  kinds: string[];
  name: string;
}

export function parseUrn(urn: string): UrnParts {
  const [start = "", project = "", types = "", ...name] = urn.split("::");
  return {
    stack: /^urn:pulumi:(.*)$/s.exec(start)?.[1],
    project,
    kinds: types.split("$").map((type) => type.slice(type.lastIndexOf(":") + 1)),
    name: name.join("::"),
  };
}

/** The stack of a declaration: `stack dev of project labeling`. */
export function stackText(urn: string): string {
  const { stack, project } = parseUrn(urn);
  return stack === undefined ? "an unknown stack" : `stack ${stack} of project ${project}`;
}
