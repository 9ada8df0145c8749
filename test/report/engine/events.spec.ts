import assert from "node:assert/strict";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { digestEntries } from "../../../provider/lifecycle/packed-values.ts";
import type { Plain } from "../../../provider/lifecycle/plain.ts";
import { hold } from "../../../provider/pulumi/contents.ts";
import { pack } from "../../../provider/pulumi/packing.ts";
import { Listener } from "../../../report/engine/events.ts";

/** What a report hears of one resource. */
function heardOf(before: { inputs: Plain; outputs: Plain }, after: { inputs: Plain }) {
  const listener = new Listener();
  const metadata = { op: "update", urn: "urn", type: "type", old: before, new: after };
  listener.hear({ resOutputsEvent: { metadata } } as unknown as EngineEvent);
  return listener.heard.steps[0];
}

describe("report: what the engine says of large maps", () => {
  const files = { "a.jpg": "of before" };
  const packed = pack(files);

  it("is read from outputs, for the inputs of before as well", () => {
    const elsewhere = digestEntries({ "a.jpg": "as another machine checked it" });
    const inputs = { files: elsewhere };
    const step = heardOf({ inputs, outputs: { files: packed } }, { inputs: {} });
    assert.deepEqual(step?.old, { inputs: { files }, outputs: { files } });
  });

  it("is what was checked on this machine, for the inputs of now", () => {
    const digest = hold({ "a.jpg": "of now" });
    const before = { inputs: { files: digestEntries(files) }, outputs: { files: packed } };
    const step = heardOf(before, { inputs: { files: digest } });
    assert.deepEqual(step?.new?.inputs, { files: { "a.jpg": "of now" } });
  });

  it("stays a digest where nothing is known", () => {
    const digest = digestEntries({ "a.jpg": "known to nobody" });
    const step = heardOf({ inputs: {}, outputs: {} }, { inputs: { files: digest } });
    assert.deepEqual(step?.new?.inputs, { files: digest });
  });
});
