import { type Declared, type Member, readExports } from "./declarations.ts";
import { functionExample, resourceExample } from "./examples.ts";
import { fenced } from "./fenced.ts";

const note = "<!-- Made by `npm run docs` from the doc comments: change them instead. -->";

/** The pages about resources and functions, by their path below `docs/reference`. */
export function referencePages(): Map<string, string> {
  const { classes, functions } = readExports("index.ts");
  const resources = classes.filter(({ types }) => types.some(({ name }) => name.endsWith("Args")));
  const looking = functions.filter(({ name }) => !name.endsWith("Output"));
  const pages = [
    ...resources.map((each) => [fileOf(each), resourcePage(each)] as const),
    ...looking.map((each) => [fileOf(each), functionPage(each, functions)] as const),
  ];
  return new Map([["README.md", indexPage(resources, looking)], ...pages]);
}

function fileOf({ name }: Declared): string {
  return `${name.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase()}.md`;
}

function indexPage(resources: readonly Declared[], functions: readonly Declared[]): string {
  const links = (all: readonly Declared[]) =>
    all.map((each) => `- [${each.name}](${fileOf(each)}): ${firstSentence(each.doc)}`).join("\n");
  return page([
    "# Reference",
    "What a program can declare and ask for, made from the doc comments that your editor shows too.",
    "## Resources",
    links(resources),
    ...(functions.length === 0 ? [] : ["## Functions", links(functions)]),
    "## Elsewhere",
    [
      "- [The command `aidp`](commands.md): reports, status, results, convert, import, doctor, emulator.",
      "- [The rules of the policy pack](../policies.md).",
    ].join("\n"),
  ]);
}

function resourcePage(resource: Declared): string {
  const { name, doc, header, types, members, statics } = resource;
  const args = types.find((type) => type.name === `${name}Args`);
  const calls = header.split("\n").filter((line) => line.startsWith("  "));
  return page([
    `# ${name}`,
    doc,
    fenced(`new aidp.${name}(name, args: ${name}Args, options?)`),
    ...inOthers((extension) => resourceExample(name, extension)),
    ...(calls.length === 0 ? [] : ["Operations of the API:", fenced(trimmed(calls), "text")]),
    ...(args === undefined ? [] : ["## Inputs", list(args.members, true)]),
    "## Outputs",
    list(members, false),
    ...(statics.length === 0 ? [] : ["## Look-up", ...statics.map(methodText(name))]),
    ...typeSections(types.filter((type) => type !== args)),
  ]);
}

function functionPage(called: Declared, all: readonly Declared[]): string {
  const { name, doc, types } = called;
  const output = all.find((each) => each.name === `${name}Output`);
  const signatures = [called, ...(output === undefined ? [] : [output])];
  return page([
    `# ${name}`,
    doc,
    fenced(signatures.map((each) => `${each.name}${each.text}`).join("\n")),
    ...(output === undefined || output.doc === "" ? [] : [output.doc]),
    ...(output === undefined ? [] : inOthers((extension) => functionExample(called, extension))),
    ...typeSections(unique([...types, ...(output?.types ?? [])])),
  ]);
}

/** The same in other languages, whose SDKs say `due_in_seconds` for `dueInSeconds`. */
function inOthers(example: (extension: "py" | "yaml") => string): string[] {
  return ["In [Python](../languages.md):", example("py"), "In YAML:", example("yaml")];
}

function typeSections(types: readonly Declared[]): string[] {
  return types.flatMap(({ name, doc, text, members }) => [
    `## ${name}`,
    ...(doc === "" ? [] : [doc]),
    ...(text === "" ? [list(members, name.endsWith("Args"))] : [fenced(`type ${name} = ${text};`)]),
  ]);
}

function list(members: readonly Member[], isInput: boolean): string {
  const lines = members.map(({ name, type, isRequired, doc }) => {
    const required = isInput && isRequired ? ", required" : "";
    return `- **\`${name}\`** (\`${type}\`${required}): ${doc}`;
  });
  return lines.length === 0 ? "None." : lines.join("\n");
}

function methodText(owner: string): (method: Member) => string {
  return ({ name, type, doc }) => `${fenced(`aidp.${owner}.${name}${type}`)}\n\n${doc}`;
}

function unique(types: readonly Declared[]): Declared[] {
  return [...new Map(types.map((type) => [type.name, type])).values()];
}

function firstSentence(doc: string): string {
  return /^.*?[.](?=\s|$)/.exec(doc)?.[0] ?? doc;
}

/** The lines without the indentation that they share. */
function trimmed(lines: readonly string[]): string {
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(margin)).join("\n");
}

function page(parts: readonly string[]): string {
  return `${note}\n\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
