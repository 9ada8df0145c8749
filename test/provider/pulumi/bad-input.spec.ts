import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { jsonText } from "../../../provider/pulumi/resource.ts";
import type { Kind } from "../../../provider/pulumi/shim.ts";
import { kinds, projectId } from "../properties/inputs.ts";

async function check(kind: Kind, news: Plain) {
  const { inputs, failures } = await kinds[kind].provider.check!({}, news);
  return { inputs: inputs as Plain, reasons: failures!.map(({ reason }) => reason) };
}

describe("provider: bad input, as the engine passes it", () => {
  const picture = { assetUrl: "uploads/a.png" };
  const refused: [what: string, kind: Kind, news: Plain, reason: string][] = [
    [
      "text that is no JSON as items",
      "WorkItemSet",
      { items: "{" },
      "items must be an object of work items by key",
    ],
    [
      "text that is no JSON as uploads",
      "WorkItemSet",
      { items: "{}", uploads: "a.png" },
      "uploads must be an object of paths by file",
    ],
    [
      "text that is no JSON as the ids of work items",
      "BatchCompletion",
      { workItemIds: "[" },
      `workItemIds must be a list of work items' ids, or an object of them by key, got "["`,
    ],
    [
      "a key that would end the line",
      "WorkItemSet",
      { items: JSON.stringify({ "a\n\u2028\u001b[2J": 1 }) },
      'items["a\\u000a\\u2028\\u001b[2J"]: must be an object, got 1',
    ],
    [
      "a project that is an object, where the batch is named with its own",
      "BatchSignal",
      { signal: "start", batchId: `${projectId}/1`, projectId: { toString: 1 } },
      'projectId must be a UUID, got {"toString":1}',
    ],
    [
      "a deadline that is an object",
      "WorkItemSet",
      { items: JSON.stringify({ a: { ...picture, dueAt: { toString: 1 } } }) },
      `items["a"]: dueAt must be a moment like 2026-12-31T18:00:00Z, with a time zone, got {"toString":1}`,
    ],
    [
      "a number that JSON has not",
      "Batch",
      { name: "a", metadata: { sizes: [1, Number.NaN] } },
      "metadata.sizes[1] must be a number that JSON has, got NaN",
    ],
    [
      "an infinite side of a box",
      "WorkItem",
      { ...picture, labels: [{ metadata: { area: Number.POSITIVE_INFINITY } }] },
      "labels[0].metadata.area must be a number that JSON has, got Infinity",
    ],
    [
      "half a character",
      "WorkItemSet",
      { items: JSON.stringify({ a: { ...picture, metadata: { of: "🚦".slice(0, 1) } } }) },
      'items["a"]: metadata.of must be text of whole characters, has half of one: was it cut?',
    ],
    [
      "half a character in a name",
      "Batch",
      { name: "a", metadata: { "\ud83d": 1 } },
      "metadata must have names of whole characters, has half of one: was it cut?",
    ],
    [
      "nesting without end",
      "WorkItemSet",
      { items: `{"a":{"assetUrl":"b","metadata":${"[".repeat(50_000)}${"]".repeat(50_000)}}}` },
      'items["a"]: metadata must not be nested deeper than 100 levels',
    ],
  ];
  for (const [what, kind, news, reason] of refused) {
    it(`refuses ${what}`, async () => {
      assert.deepEqual((await check(kind, news)).reasons, [reason]);
    });
  }

  for (const [value, message] of [
    [{ a: { metadata: { score: Number.NaN } } }, /^a\.metadata\.score must be .* got NaN$/],
    [[1, Number.NEGATIVE_INFINITY], /^1 must be a number that JSON has, got -Infinity$/],
  ] as const) {
    it(`refuses what JSON text would change without a word: ${message.source}`, () => {
      assert.throws(
        () => jsonText(value),
        ({ message: text }: Error) => message.test(text),
      );
    });
  }

  it("takes text that begins like a packed state for text", async () => {
    for (const name of ["aidp:gzip;base64,", "aidp:gzip;base64,AAAA"]) {
      const { inputs, reasons } = await check("Batch", { name });
      assert.deepEqual([inputs.name, reasons], [name, []]);
    }
  });

  // With `ignoreChanges` the engine passes the old value of an input, also of one that check computed.
  it("keeps what it computed, where the engine passes it on", async () => {
    const folder = mkdtempSync(join(tmpdir(), "aidp-computed-"));
    try {
      const source = join(folder, "a.txt");
      const declared: [Kind, string, Plain][] = [
        ["SignedUpload", "sha256", { source }],
        ["UploadSet", "files", { folder }],
        ["AnnotationExport", "contents", { batchId: 1, path: join(folder, "out.json") }],
      ];
      for (const [kind, field, news] of declared) {
        writeFileSync(source, "old");
        const old = (await check(kind, news)).inputs[field];
        writeFileSync(source, "newer");
        const { inputs, reasons } = await check(kind, { ...news, [field]: old });
        assert.deepEqual([inputs[field], reasons], [old, []], kind);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
