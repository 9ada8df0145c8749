import assert from "node:assert/strict";
import { bytes } from "../../provider/text/lines.ts";
import type { Counts } from "../../report/model.ts";
import { amount, duration, growth, limitText, valueText } from "../../report/words.ts";

describe("report: words", () => {
  for (const [before, after, expected] of [
    [0, 0, "0"],
    [0, 5, "0 → 5"],
    [1_000, 1_200, "1,000 → 1,200 (+20 %)"],
    [3, 0, "3 → 0 (−100 %)"],
    [100_000, 100_001, "100,000 → 100,001"],
  ] as const) {
    it(`tells how ${before} become ${after}`, () => {
      assert.equal(growth({ before, after } as Counts), expected);
    });
  }

  for (const [seconds, expected] of [
    [604_800, "7 days"],
    [86_400, "1 day"],
    [5_400, "90 minutes"],
    [61, "61 seconds"],
  ] as const) {
    it(`writes ${seconds} seconds in full`, () => assert.equal(duration(seconds), expected));
  }

  it("writes sizes in the unit that fits", () => {
    assert.deepEqual([999, 1_500, 2_340_000].map(bytes), ["999 B", "1.5 kB", "2.3 MB"]);
  });

  it("writes what work costs as people say it", () => {
    assert.deepEqual(
      [amount(1, "minutes"), amount(0.5, "hours"), amount(1, "USD"), amount(900, "minutes")],
      ["1 minute", "0.5 hours", "1 USD", "900 minutes (15 hours)"],
    );
    assert.equal(
      limitText({ option: "--max-cost", limit: 1, unit: "minutes", found: 2 }),
      "1 minute is allowed, and the update costs 2 minutes",
    );
  });

  it("writes values as people say them", () => {
    assert.equal(valueText("labels", [{}, {}]), "2 labels");
    assert.equal(valueText("labels", "[secret]"), "[secret]");
    assert.equal(valueText("dueInSeconds", 3_600), "1 hour");
    assert.equal(valueText("metadata", { a: 1 }), '{"a":1}');
    assert.equal(valueText("difficulty", undefined), "nothing");
  });
});
