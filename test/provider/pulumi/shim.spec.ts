import assert from "node:assert/strict";
import { type Kind, providerText, typeToken } from "../../../provider/pulumi/shim.ts";
import { AnnotationExport } from "../../../provider/resources/annotation-export.ts";
import { Batch } from "../../../provider/resources/batch.ts";
import { BatchCompletion } from "../../../provider/resources/batch-completion.ts";
import { BatchSignal } from "../../../provider/resources/batch-signal.ts";
import { Export } from "../../../provider/resources/export.ts";
import { SignedUpload } from "../../../provider/resources/signed-upload.ts";
import { UploadSet } from "../../../provider/resources/upload-set.ts";
import { WorkItem } from "../../../provider/resources/work-item.ts";
import { WorkItemSet } from "../../../provider/resources/work-item-set.ts";
import { WorkItemSignal } from "../../../provider/resources/work-item-signal.ts";
import { provider } from "../../../provider/runtime.ts";

// This text is in the state of every resource of every user. One character more, and the next preview
// of each of them shows a change of everything; and state that was made with an earlier text is still
// run by it. So the texts are written out here, and are never to be changed to make this spec pass.
const frozen: Record<Kind, string> = {
  AnnotationExport: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("AnnotationExport");
`,
  Batch: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("Batch");
`,
  BatchCompletion: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("BatchCompletion");
`,
  BatchSignal: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("BatchSignal");
`,
  Export: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("Export");
`,
  SignedUpload: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("SignedUpload");
`,
  UploadSet: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("UploadSet");
`,
  WorkItem: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("WorkItem");
`,
  WorkItemSet: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("WorkItemSet");
`,
  WorkItemSignal: `const { createRequire } = require("node:module");
const library = createRequire(process.cwd() + "/")("pulumi-ai-data-platform/runtime");
exports.handler = () => library.provider("WorkItemSignal");
`,
};

// So are the types: they are a part of each resource's URN.
const types: Record<Kind, string> = {
  AnnotationExport: "pulumi-nodejs:dynamic/aidp:AnnotationExport",
  Batch: "pulumi-nodejs:dynamic/aidp:Batch",
  BatchCompletion: "pulumi-nodejs:dynamic/aidp:BatchCompletion",
  BatchSignal: "pulumi-nodejs:dynamic/aidp:BatchSignal",
  Export: "pulumi-nodejs:dynamic/aidp:Export",
  SignedUpload: "pulumi-nodejs:dynamic/aidp:SignedUpload",
  UploadSet: "pulumi-nodejs:dynamic/aidp:UploadSet",
  WorkItem: "pulumi-nodejs:dynamic/aidp:WorkItem",
  WorkItemSet: "pulumi-nodejs:dynamic/aidp:WorkItemSet",
  WorkItemSignal: "pulumi-nodejs:dynamic/aidp:WorkItemSignal",
};

const classes: Record<Kind, { __pulumiType: string }> = {
  AnnotationExport,
  Batch,
  BatchCompletion,
  BatchSignal,
  Export,
  SignedUpload,
  UploadSet,
  WorkItem,
  WorkItemSet,
  WorkItemSignal,
};

describe("provider: the text in the state", () => {
  for (const kind of Object.keys(frozen) as Kind[]) {
    it(`of ${kind} is what it has always been, and its type as well`, () => {
      assert.equal(providerText(kind), frozen[kind]);
      assert.equal(typeToken(kind), types[kind]);
      assert.equal(classes[kind].__pulumiType, types[kind]);
    });

    it(`asks for the provider of ${kind}, which the runtime has`, () => {
      const { check, diff, create, read, update, delete: end, configure } = provider(kind);
      for (const method of [check, diff, create, read, update, end, configure]) {
        assert.equal(typeof method, "function");
      }
    });
  }
});
