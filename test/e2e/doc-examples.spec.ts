import assert from "node:assert/strict";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import ts from "typescript";
import { linkModules } from "../../scripts/link-modules.ts";
import { projectRoot } from "../../scripts/paths.ts";

/** What the compiler says of a name that a part of a program has from elsewhere in the text. */
const unknownNames = [2304, 2503, 18004];

describe("the documentation, and TypeScript", function () {
  this.timeout(120_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-examples-"));
    linkModules(folder, ["@pulumi", "@types"]);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  });
  after(() => rmSync(folder, { recursive: true }));

  function errors(files: string[], options: ts.CompilerOptions): ts.Diagnostic[] {
    const program = ts.createProgram(files, { strict: true, noEmit: true, ...options });
    return [...ts.getPreEmitDiagnostics(program)];
  }

  const described = ({ file, messageText }: ts.Diagnostic): string =>
    `${file === undefined ? "" : relative(folder, file.fileName)}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;

  it("each example of a page is right for the compiler, but for names from the text around it", () => {
    const pages = globSync(["README.md", "docs/*.md"], { cwd: projectRoot });
    const files = pages.flatMap((page) => {
      const text = readFileSync(join(projectRoot, page), "utf8");
      const blocks = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code = ""]) => code);
      return blocks.map((code, index) => {
        const file = join(folder, page.replaceAll(/\W/g, "-"), `${index + 1}.ts`);
        mkdirSync(join(file, ".."), { recursive: true });
        const isImported = code.includes('from "pulumi-ai-data-platform"');
        const head = isImported ? "" : 'import * as aidp from "pulumi-ai-data-platform";\n';
        writeFileSync(file, `${head}${code}\nexport {};\n`);
        return file;
      });
    });
    assert.ok(files.length > 10);
    const found = errors(files, {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      types: ["node"],
      skipLibCheck: true,
    });
    assert.deepEqual(found.filter(({ code }) => !unknownNames.includes(code)).map(described), []);
  });

  it("the declarations have no error where a program's set-up is Pulumi's usual one", () => {
    const file = join(folder, "usual.ts");
    writeFileSync(
      file,
      `import * as aidp from "pulumi-ai-data-platform";
import { recommended } from "pulumi-ai-data-platform/policy";
export const batch = new aidp.Batch("signs", { name: "signs" });
export const rules = recommended;
`,
    );
    const found = errors([file], {
      target: ts.ScriptTarget.ES2020,
      module: ts.ModuleKind.CommonJS,
      moduleResolution: ts.ModuleResolutionKind.Node10,
      ignoreDeprecations: "6.0",
      types: ["node"],
    });
    // Those of other packages are not ours to mend.
    const ours = found.filter(
      ({ file: where }) => !/\/node_modules\/(?!pulumi-ai)/.test(where?.fileName ?? ""),
    );
    assert.deepEqual(ours.map(described), []);
  });
});
