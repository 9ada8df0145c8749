import assert from "node:assert/strict";
import { Secret } from "@pulumi/policy";
import {
  batchNameLength,
  batchNamePattern,
  batchNameReserved,
  batchNameTrimmed,
  batchNameUnique,
} from "../../policy/index.ts";
import { goodBatch, goodItem, remediated, reports } from "./support.ts";

const pattern = "[a-z][a-z0-9]*(-[a-z0-9]+)+-\\d{4}-(0[1-9]|1[0-2])";

describe("the names of batches", () => {
  for (const name of ["signs", "vision-2026-12", "Vision-signs-2026-12", "vision-signs-2026-13"]) {
    it(`${name} does not match the pattern`, async () => {
      assert.deepEqual(await reports(batchNamePattern, [goodBatch({ name })]), [
        `name "${name}" must match ${pattern}: rename the batch, like "vision-signs-2026-12"`,
      ]);
    });
  }

  it("match a pattern of one's own, as a whole", async () => {
    const config = { pattern: "q[1-4]|extra" };
    assert.deepEqual(await reports(batchNamePattern, [goodBatch({ name: "extra" })], config), []);
    assert.deepEqual(await reports(batchNamePattern, [goodBatch({ name: "extras" })], config), [
      'name "extras" must match q[1-4]|extra: rename the batch',
    ]);
  });

  it("cannot be held to a pattern that is none", async () => {
    await assert.rejects(
      reports(batchNamePattern, [goodBatch()], { pattern: "(" }),
      /^Error: the configuration of batch-name-pattern is wrong: pattern must be a regular expression, got "\("\. Correct it in the file of --policy-pack-config, or in the pack$/,
    );
  });

  it("have no space at their ends, which a remediation removes", async () => {
    const batch = goodBatch({ name: " vision-signs-2026-12\t" });
    assert.deepEqual(await reports(batchNameTrimmed, [batch]), [
      'name " vision-signs-2026-12\\t" must not begin or end with a space: write "vision-signs-2026-12"',
    ]);
    assert.deepEqual(await remediated(batchNameTrimmed, batch), goodBatch().props);
    assert.equal(await remediated(batchNameTrimmed, goodBatch()), undefined);
    assert.equal(await remediated(batchNameTrimmed, goodItem()), undefined);
  });

  it("stay secret when they are trimmed", async () => {
    const batch = goodBatch();
    Object.assign(batch.props, { name: " x " });
    const props = { ...batch.props, name: new Secret(" x ") };
    assert.ok("remediateResource" in batchNameTrimmed);
    const result = (await batchNameTrimmed.remediateResource?.({
      type: "pulumi-nodejs:dynamic/aidp:Batch",
      props,
      getConfig: () => ({}),
    } as never)) as Record<string, unknown>;
    assert.deepEqual(result.name, new Secret("x"));
  });

  for (const [name, config, message] of [
    ["ab", {}, 'name "ab" has 2 characters, must have 3 to 64: lengthen it'],
    ["abcd", { maximum: 3 }, 'name "abcd" has 4 characters, must have 3 to 3: shorten it'],
  ] as const) {
    it(`${name} has a length outside the limits ${JSON.stringify(config)}`, async () => {
      assert.deepEqual(await reports(batchNameLength, [goodBatch({ name })], config), [message]);
    });
  }

  it("are not reserved, in whichever case", async () => {
    assert.deepEqual(await reports(batchNameReserved, [goodBatch({ name: "default" })]), [
      'name "default" is reserved, must not be one of Default: give the batch a name of its own',
    ]);
    const config = { reserved: ["inbox"] };
    assert.deepEqual(
      await reports(batchNameReserved, [goodBatch({ name: "Default" })], config),
      [],
    );
    assert.equal(
      (await reports(batchNameReserved, [goodBatch({ name: "Inbox" })], config)).length,
      1,
    );
  });

  it("are unique in the stack, whatever their case", async () => {
    const batches = ["a-b-2026-12", "A-b-2026-12 ", "c-d-2026-12"].map((name, index) => ({
      ...goodBatch({ name }),
      name: `batch${index}`,
    }));
    const message =
      'name "A-b-2026-12 " must be unique in the stack, but the batch "batch0" has it too: rename one of them';
    assert.deepEqual(await reports(batchNameUnique, batches), [message]);
    assert.deepEqual(await reports(batchNameUnique, batches.toReversed()), [message]);
    assert.deepEqual(await reports(batchNameUnique, batches, { ignoreCase: false }), []);
  });
});
