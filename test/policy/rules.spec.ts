import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as policy from "../../policy/index.ts";
import { recommended, strict } from "../../policy/presets.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { goodBatch, goodFields, goodItem, type Rule, reports, setOf, unknown } from "./support.ts";

const { homepage } = JSON.parse(readFileSync(join(projectRoot, "package.json"), "utf8"));
const page = readFileSync(join(projectRoot, "docs/policies.md"), "utf8");
const { recommended: _, strict: __, ...rules } = policy;

describe("every rule", () => {
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    it(`${rule.name} is described, configurable and in both presets`, () => {
      assert.equal(
        rule.name,
        name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      );
      assert.match(rule.description, /^Checks whether [^.]+\.$/);
      assert.equal(rule.enforcementLevel, undefined);
      assert.ok(["low", "medium", "high", "critical"].includes(rule.severity ?? ""));
      const { origin, pathname } = new URL(homepage);
      assert.equal(rule.url, `${origin}${pathname}/blob/main/docs/policies.md#${rule.name}`);
      assert.ok(page.includes(`\n### ${rule.name}\n`));
      for (const schema of Object.values(rule.configSchema?.properties ?? {})) {
        assert.notEqual(schema.description, undefined);
        assert.ok(schema.default !== undefined || /Default: none/.test(schema.description ?? ""));
      }
      for (const preset of [recommended, strict]) {
        const levels = preset.filter((each) => each.name === rule.name);
        assert.equal(levels.length, 1);
        assert.notEqual(levels[0]?.enforcementLevel, undefined);
      }
    });

    it(`${rule.name} has nothing against what complies`, async () => {
      const batch = { ...goodBatch(), name: "signs" };
      const item = goodItem({ batchId: unknown });
      const set = setOf({ a: {}, b: {} }, { batchId: unknown });
      const dependsOn = { batchId: ["signs"] };
      assert.deepEqual(
        await reports(rule, [batch, { ...item, dependsOn }, { ...set, dependsOn }]),
        [],
      );
    });

    it(`${rule.name} leaves what is not known yet for the update`, async () => {
      const fields = { ...goodFields(), dueAt: undefined, file: undefined };
      for (const field of Object.keys(fields)) {
        assert.deepEqual(await reports(rule, [goodItem({ [field]: unknown })]), [], field);
      }
      const resources = [
        goodBatch({ name: unknown }),
        goodBatch({ metadata: unknown }),
        goodBatch({ name: "a-b-2026-12", metadata: { owner: unknown, costCentre: "1" } }),
        goodItem({ metadata: { width: unknown, height: unknown } }),
        goodItem({ assetUrl: "uploads/b.jpg", labels: [unknown] }),
        goodItem({ assetUrl: "uploads/c.jpg", labels: [{ bbox: unknown, metadata: unknown }] }),
        goodItem({ assetUrl: "uploads/d.jpg", labels: [{ bbox: [unknown, 2, 3, 4] }] }),
        setOf({}, { items: unknown }),
        setOf({}, { items: { a: unknown } }),
        setOf({ e: { dueInSeconds: undefined, difficulty: undefined } }, { defaults: unknown }),
        setOf({ f: { assetUrl: undefined, file: "f.jpg" } }, { uploads: unknown }),
        { ...setOf({ g: {} }, { onWorkInProgress: unknown, batchId: unknown }) },
      ].map((each, index) => ({ ...each, name: `r${index}` }));
      assert.deepEqual(await reports(rule, resources), []);
    });

    it(`${rule.name} leaves what has another type than declared to the provider`, async () => {
      for (const wrong of [17, "x", true, null, [], [5], {}, { bbox: 4 }, [null]]) {
        for (const field of Object.keys({ ...goodFields(), dueAt: "", file: "", items: "" })) {
          const resources = [
            goodItem({ [field]: wrong }),
            setOf({ a: { [field]: wrong } }),
            setOf({}, { items: wrong, uploads: wrong, defaults: wrong }),
            setOf({}, { items: { a: wrong, b: "{", c: JSON.stringify(wrong) } }),
            goodBatch({ name: wrong, metadata: wrong }),
          ];
          for (const resource of resources) {
            await reports(rule, [resource]);
          }
        }
      }
    });

    it(`${rule.name} refuses a configuration that it does not know, in one line`, async () => {
      await assert.rejects(reports(rule, [goodBatch()], { surplus: 1 }), (error: Error) =>
        new RegExp(`^the configuration of ${rule.name} is wrong: .*surplus.*$`).test(
          error.stack ?? "",
        ),
      );
    });
  }
});
