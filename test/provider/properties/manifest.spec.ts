import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FilesError } from "../../../provider/disk/problems.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";
import { ItemsCheck } from "../../../provider/sets/check-items.ts";
import { toJsonText } from "../../../provider/text/json.ts";
import fc from "../../support/fast-check.ts";
import { isAll } from "../../support/tier.ts";
import { anyValue, json, name, number, object, text } from "./values.ts";

describe("provider: properties of manifests", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-manifest-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** The items, which check can do with; or what is wrong, which is said in words. */
  async function read(extension: string, content: string | Uint8Array) {
    const path = join(folder, `manifest.${extension}`);
    writeFileSync(path, content);
    try {
      const items = new Map(await Array.fromAsync(readManifest(path)));
      const check = new ItemsCheck({}, { items: {}, areDefaultsSame: true }, {});
      await check.run(Object.fromEntries(items));
      return items;
    } catch (error) {
      assert.ok(error instanceof FilesError, error instanceof Error ? error.stack : "");
      return error.message;
    }
  }

  const lists = ["images", "annotations", "categories"];
  const entry = fc.oneof(
    fc.record(
      {
        id: fc.oneof(fc.nat(3), anyValue),
        image_id: fc.oneof(fc.nat(3), anyValue),
        category_id: fc.oneof(fc.nat(3), anyValue),
        file_name: fc.oneof(text, anyValue),
        width: fc.oneof(number, anyValue),
        bbox: fc.oneof(fc.tuple(number, number, number, number), anyValue),
        name: fc.oneof(text, anyValue),
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    anyValue,
  );
  const coco = fc.record(
    Object.fromEntries(lists.map((list) => [list, fc.oneof(fc.array(entry), anyValue)])),
    { requiredKeys: [], noNullPrototype: true },
  );
  const item = fc.record(
    { key: fc.oneof(text, anyValue), assetUrl: fc.oneof(text, anyValue), labels: anyValue },
    { requiredKeys: [], noNullPrototype: true },
  );
  const cells = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 5 });
  const asJson = (value: unknown) => JSON.stringify(value) ?? "";
  const contents: [extension: string, arbitrary: fc.Arbitrary<string | Uint8Array>][] = [
    ...["jsonl", "csv", "json"].flatMap(
      (extension): [string, fc.Arbitrary<string | Uint8Array>][] => [
        [extension, fc.uint8Array({ maxLength: 200 })],
        [extension, fc.oneof(text, anyValue.map(asJson))],
      ],
    ),
    ["jsonl", fc.array(fc.oneof(item, anyValue)).map((all) => all.map(asJson).join("\n"))],
    ["csv", cells.map((rows) => rows.map((row) => row.join()).join("\n"))],
    ["csv", cells.map((rows) => rows.map((row) => row.map(asJson).join()).join("\r\n"))],
    ["json", coco.map(asJson)],
  ];
  it("are read, or refused in words, whatever is in them", async () => {
    for (const [extension, arbitrary] of contents) {
      await fc.assert(
        fc.asyncProperty(arbitrary, async (content) => {
          await read(extension, content);
        }),
      );
    }
  });

  // Quadratic time would be minutes, and so over the limit of a spec.
  const mb = (isAll ? 4 : 1) * 1024 * 1024;
  const long: [what: string, extension: string, content: string][] = [
    ["one line", "jsonl", `{"key":"${"a".repeat(mb)}"}`],
    ["short lines", "jsonl", "1\n".repeat(mb / 8)],
    ["empty lines", "jsonl", "\n".repeat(mb)],
    ["lists in lists", "jsonl", "[".repeat(mb)],
    ["a text without end", "csv", `key\n"${"a,\n".repeat(mb / 3)}`],
    ["quotes", "csv", `key\n"${'""'.repeat(mb / 2)}`],
    ["columns", "csv", "a,".repeat(mb / 16)],
    ["a text without end", "json", `{"images":["${"a".repeat(mb)}`],
    ["lists in lists", "json", `{"images":${"[".repeat(mb / 4)}`],
    ["names in names", "json", '{"a":'.repeat(mb / 40)],
    [
      "images of one name",
      "json",
      `{"images":[${'{"id":1,"file_name":"a"},'.repeat(mb / 100)}{}]}`,
    ],
    ["spaces", "json", `{"images":${" ".repeat(mb)}[]}`],
  ];
  for (const [what, extension, content] of long) {
    it(`are read in linear time: ${what} as ${extension}`, async () => {
      await read(extension, content);
    });
  }

  const isGiven = (value: unknown) => value !== null;
  const keyed = fc.dictionary(
    name.filter((key) => key !== ""),
    fc.record(
      // In tables, a null stands for what is not given.
      { metadata: object, labels: fc.array(fc.record({ metadata: json.filter(isGiven) })) },
      { noNullPrototype: true },
    ),
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  );

  it("give what was written: JSON Lines", async () => {
    await fc.assert(
      fc.asyncProperty(keyed, async (items) => {
        const lines = Object.entries(items).map(([key, each]) => JSON.stringify({ key, ...each }));
        const found = await read("jsonl", lines.join("\n"));
        assert.ok(found instanceof Map, String(found));
        assert.equal(toJsonText(Object.fromEntries(found)), toJsonText(items));
      }),
    );
  });

  it("give what was written: CSV", async () => {
    const cell = text.filter(
      (value) =>
        value.isWellFormed() &&
        value === value.trim() &&
        value !== "" &&
        !value.startsWith("\ufeff"),
    );
    const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(cell, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(cell, { minLength: 1, maxLength: 4 }),
        cell,
        async (keys, entries, value) => {
          const head = ["key", ...entries.map((each) => `metadata.${each}`)];
          const rows = keys.map((key) => [key, ...entries.map(() => value)]);
          const content = [head, ...rows].map((row) => row.map(quoted).join()).join("\r\n");
          const found = await read("csv", content);
          assert.ok(found instanceof Map, String(found));
          const metadata = Object.fromEntries(entries.map((each) => [each, value]));
          const expected = Object.fromEntries(keys.map((key) => [key, { metadata }]));
          assert.deepEqual(Object.fromEntries(found), expected);
        },
      ),
    );
  });
});
