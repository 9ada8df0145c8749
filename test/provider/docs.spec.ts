import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import type { Mutability } from "../../provider/lifecycle/diff.ts";
import { annotationExportMutability } from "../../provider/resources/annotation-export.ts";
import { batchMutability } from "../../provider/resources/batch.ts";
import { batchCompletionMutability } from "../../provider/resources/batch-completion.ts";
import { batchSignalMutability } from "../../provider/resources/batch-signal.ts";
import { exportMutability } from "../../provider/resources/export.ts";
import { signedUploadMutability } from "../../provider/resources/signed-upload.ts";
import { uploadSetMutability } from "../../provider/resources/upload-set.ts";
import { workItemMutability } from "../../provider/resources/work-item.ts";
import { workItemSetMutability } from "../../provider/resources/work-item-set.ts";
import { workItemSignalMutability } from "../../provider/resources/work-item-signal.ts";

/** The doc comment of each field of an interface, on one line; empty where there is none. */
function docsOf(file: string, interfaceName: string): Map<string, string> {
  const path = fileURLToPath(new URL(`../../provider/resources/${file}`, import.meta.url));
  const text = readFileSync(path, "utf8");
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const declaration = source.statements.find(
    (statement): statement is ts.InterfaceDeclaration =>
      ts.isInterfaceDeclaration(statement) && statement.name.text === interfaceName,
  );
  assert.ok(declaration, `${file} declares ${interfaceName}`);
  return new Map(
    declaration.members.map((member) => {
      const comments = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
      const doc = comments.map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? "").join(" ");
      return [member.name?.getText(source) ?? "", doc.replace(/\s+/g, " ").trim()];
    }),
  );
}

interface Documented {
  file: string;
  args: string;
  mutability: Readonly<Record<string, Mutability>>;
  /** In the table, but not to be declared: check computes them. */
  computed: string[];
  /** To be declared, but not in the table: check turns them into other fields. */
  turned?: string[];
}

const resources: Documented[] = [
  {
    file: "annotation-export.ts",
    args: "AnnotationExportArgs",
    mutability: annotationExportMutability,
    computed: ["contents", "declaredCategories"],
  },
  { file: "batch.ts", args: "BatchArgs", mutability: batchMutability, computed: [] },
  {
    file: "signed-upload.ts",
    args: "SignedUploadArgs",
    mutability: signedUploadMutability,
    turned: ["findings"],
    computed: ["sha256", "size"],
  },
  { file: "export.ts", args: "ExportArgs", mutability: exportMutability, computed: [] },
  { file: "work-item.ts", args: "WorkItemArgs", mutability: workItemMutability, computed: [] },
  {
    file: "upload-set.ts",
    args: "UploadSetArgs",
    mutability: uploadSetMutability,
    computed: ["files"],
    turned: ["manifest", "format", "findings", "by"],
  },
  {
    file: "work-item-set.ts",
    args: "WorkItemSetArgs",
    mutability: workItemSetMutability,
    computed: [],
  },
  {
    file: "work-item-signal.ts",
    args: "WorkItemSignalArgs",
    mutability: workItemSignalMutability,
    computed: [],
  },
  {
    file: "batch-signal.ts",
    args: "BatchSignalArgs",
    mutability: batchSignalMutability,
    computed: [],
  },
  {
    file: "batch-completion.ts",
    args: "BatchCompletionArgs",
    mutability: batchCompletionMutability,
    computed: [],
  },
];

const functions: [file: string, name: string][] = [
  ["get-annotation.ts", "GetAnnotation"],
  ["get-batch.ts", "GetBatch"],
  ["get-batches.ts", "GetBatches"],
  ["get-project.ts", "GetProject"],
  ["get-projects.ts", "GetProjects"],
  ["get-signed-upload-urls.ts", "GetSignedUploadUrls"],
  ["get-signed-urls.ts", "GetSignedUrls"],
  ["get-work-item.ts", "GetWorkItem"],
  ["get-work-items.ts", "GetWorkItems"],
];

describe("provider: the documentation of the fields", () => {
  for (const { file, args, mutability, computed, turned = [] } of resources) {
    const docs = docsOf(file, args);

    it(`${args} has the fields whose changes are known, and no others`, () => {
      assert.deepEqual(
        [...docs.keys(), ...computed].sort(),
        [...Object.keys(mutability), ...turned].sort(),
      );
    });

    for (const [field, doc] of docs) {
      const replaces = mutability[field] === "replace";
      it(`${args}.${field} is documented, and says ${replaces ? "" : "not "}that changing it replaces`, () => {
        assert.match(doc, /^[A-Z].+\.$/);
        assert.equal(/\bChanging it replaces\b/.test(doc), replaces, doc);
      });
    }
  }

  const limits: [string, string, string, RegExp][] = [
    ["batch.ts", "BatchArgs", "name", /not empty, unique in the project/],
    ["work-item.ts", "WorkItemArgs", "dueInSeconds", /seconds .* 1 to 2592000 \(30 days\)/],
    ["work-item.ts", "WorkItemArgs", "dueAt", /ISO 8601 with a time zone.* 30 days/],
    ["work-item.ts", "WorkItemArgs", "difficulty", /0 to 100/],
    ["work-item.ts", "WorkItemArgs", "onWorkInProgress", /`refuse`, the default/],
    ["batch-completion.ts", "BatchCompletionArgs", "percent", /whole number, 1 to 100/],
    ["batch-completion.ts", "BatchCompletionArgs", "timeoutMinutes", /at most 43200 \(30 days\)/],
    ["batch-completion.ts", "BatchCompletionArgs", "pollSeconds", /0\.01 to 300/],
  ];
  for (const [file, args, field, limit] of limits) {
    it(`${args}.${field} names its limits: ${limit.source}`, () => {
      assert.match(docsOf(file, args).get(field) ?? "", limit);
    });
  }

  for (const [file, name] of functions) {
    it(`every field of the function ${name} is documented`, () => {
      const args = docsOf(`../functions/${file}`, `${name}Args`);
      const result = docsOf(`../functions/${file}`, `${name}Result`);
      for (const [field, doc] of [...args, ...result]) {
        assert.match(doc, /^[A-Z`].+\.$/, field);
      }
      const defaults = [args.get("projectId"), args.get("spaceId")].filter((doc) => doc);
      for (const doc of defaults) {
        assert.match(doc ?? "", /Default: the setting `aidp:/);
      }
    });
  }

  it("every field of a label is documented", () => {
    for (const [field, doc] of docsOf("../items/labels.ts", "ImageLabelArgs")) {
      assert.notEqual(doc, "", field);
    }
  });
});
