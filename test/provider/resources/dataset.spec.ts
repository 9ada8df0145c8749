import assert from "node:assert/strict";
import { Dataset } from "../../../provider/resources/dataset.ts";

describe("provider: a dataset", () => {
  const cases: [object, string][] = [
    [
      { manifst: "photos.coco.json" },
      'Dataset "photos": manifst is not an input of Dataset: did you mean manifest?',
    ],
    [
      { adpot: true, onWorkInProgess: "cancel", colour: "red" },
      'Dataset "photos": adpot is not an input of Dataset: did you mean adopt?; onWorkInProgess is not an input of Dataset: did you mean onWorkInProgress?; colour is not an input of Dataset',
    ],
  ];
  for (const [misspelt, message] of cases) {
    it(`refuses ${Object.keys(misspelt)}, before anything is declared`, () => {
      const args = { batchName: "b", folder: "photos", exclude: undefined, ...misspelt };
      assert.throws(() => new Dataset("photos", args as never), { name: "Error", message });
    });
  }
});
