import assert from "node:assert/strict";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { inOneLine } from "../../../provider/text/lines.ts";
import fc from "../../support/fast-check.ts";
import { casesOf } from "../../support/tier.ts";
import { junk, kinds } from "./inputs.ts";
import { withUnknown } from "./values.ts";

/** Whether a value has only what JSON has. */
function isJson(value: unknown): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).every(isJson)
    : typeof value !== "number" || Number.isFinite(value);
}

describe("provider: properties of check", () => {
  for (const [kind, declaration] of Object.entries(kinds)) {
    const { provider, valid, fields } = declaration;
    const check = async (olds: Plain, news: Plain) => {
      const { inputs, failures } = await provider.check!(olds, news);
      return { inputs: inputs as Plain, reasons: failures!.map(({ reason }) => reason) };
    };

    it(`${kind}: takes what is right`, async () => {
      await fc.assert(
        fc.asyncProperty(valid, async (news) => {
          assert.deepEqual((await check({}, news)).reasons, []);
        }),
        { numRuns: casesOf(100) },
      );
    });

    it(`${kind}: answers any inputs with lines that each name a field`, async () => {
      await fc.assert(
        fc.asyncProperty(
          junk(declaration),
          fc.oneof(fc.constant({}), valid),
          async (news, olds) => {
            const names = [...fields, ...Object.keys(news)].map((name) =>
              name === "" ? '""' : inOneLine(name),
            );
            for (const reason of (await check(olds, news)).reasons) {
              assert.doesNotMatch(reason, /[\n\r\u2028\u2029]/);
              assert.ok(
                names.some((name) => reason.startsWith(name)),
                reason,
              );
              assert.ok(reason.length < 2000, `${reason.length}`);
            }
          },
        ),
        { numRuns: casesOf(300) },
      );
    });

    it(`${kind}: has nothing against what is not known yet, at any depth`, async () => {
      await fc.assert(
        fc.asyncProperty(
          valid.chain((news) => withUnknown(news).filter((each) => typeof each === "object")),
          async (news) => {
            assert.deepEqual((await check({}, news as Plain)).reasons, []);
          },
        ),
        { numRuns: casesOf(100) },
      );
    });

    it(`${kind}: changes nothing of its own outcome`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.oneof(valid, junk(declaration)), async (news) => {
          const first = await check({}, news);
          const again = await check(first.inputs, news);
          assert.deepEqual(again.inputs, first.inputs);
          if (first.reasons.length === 0) {
            assert.ok(isJson(first.inputs), "a value that JSON has not");
            assert.deepEqual(await check(first.inputs, first.inputs), first);
          }
        }),
        { numRuns: casesOf(150) },
      );
    });
  }
});
