import assert from "node:assert/strict";
import { findingLevels } from "../../policy/index.ts";
import { goodItem, type Resource, reports, unknown } from "./support.ts";

const set = (findings?: unknown): Resource => ({
  kind: "UploadSet",
  props: { folder: "photos", ...(findings !== undefined && { findings }) },
});
const one = (findings: unknown): Resource => ({
  kind: "SignedUpload",
  props: { source: "a.jpg", findings },
});

describe("finding-levels", () => {
  it("forbids by default to ignore what is certainly wrong with a picture", async () => {
    for (const upload of [set, one]) {
      assert.deepEqual(
        await reports(findingLevels, [upload({ broken: "ignore", ending: "ignore" })]),
        ['findings.broken is "ignore", must be "warn" or "refuse": set findings to that'],
      );
      assert.deepEqual(await reports(findingLevels, [upload({ broken: "warn" })]), []);
    }
    assert.deepEqual(
      await reports(findingLevels, [set(), goodItem({ findings: { broken: "ignore" } })]),
      [],
    );
  });

  it("demands other levels, also where nothing is set", async () => {
    const config = { atLeast: { duplicate: "refuse", damaged: "warn" } };
    assert.deepEqual(await reports(findingLevels, [set({ broken: "ignore" })], config), [
      'findings.duplicate is "warn" by default, must be "refuse"; findings.damaged is "ignore" by default, must be "warn" or "refuse": set findings to that',
    ]);
    const complying = set({ duplicate: "refuse", damaged: "warn" });
    assert.deepEqual(await reports(findingLevels, [complying], config), []);
    // A single file has no other one to be like.
    assert.deepEqual(await reports(findingLevels, [one({ damaged: "warn" })], config), []);
  });

  it("leaves what is not known yet for the update", async () => {
    const config = { atLeast: { duplicate: "refuse" } };
    for (const findings of [unknown, { duplicate: unknown }]) {
      assert.deepEqual(await reports(findingLevels, [set(findings)], config), []);
    }
  });

  it("knows the findings that there are", async () => {
    const config = { atLeast: { duplicates: "refuse" } };
    await assert.rejects(
      reports(findingLevels, [set()], config),
      /atLeast has no setting duplicates: did you mean duplicate\?/,
    );
  });
});
