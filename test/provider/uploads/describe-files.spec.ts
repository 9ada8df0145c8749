import assert from "node:assert/strict";
import { describeFiles } from "../../../provider/uploads/describe-files.ts";

const file = (sha256: string, size: number) => JSON.stringify({ sha256, size });
const how = { name: "photos", replaces: [], isSecret: false };
const files = { a: file("a", 1_200), b: file("b", 300) };

describe("provider: uploads: what is said of a change", () => {
  it("is what is sent, what comes back, and what is left out", () => {
    assert.deepEqual(describeFiles(undefined, { files }, how), [
      "photos: 2 files to upload (1.5 kB)",
      '  + "a"',
      '  + "b"',
    ]);
    const earlier = { b: { [file("old", 7)]: "uploads/old" } };
    const news = { a: file("new", 5), b: file("old", 7) };
    assert.deepEqual(
      describeFiles({ files: { ...files, c: "{}" }, earlier }, { files: news }, how),
      [
        "photos: 1 file to upload (5 B), 1 to come back, 1 to leave the stack",
        '  + "a" (changed)',
        '  + "b"',
        '  - "c"',
      ],
    );
  });

  it("is everything in another space, and no size where nothing is sent", () => {
    const all = { ...how, replaces: ["spaceId"] };
    const [moved] = describeFiles({ files }, { files }, all);
    assert.equal(moved, "photos: 2 files to upload (1.5 kB)");
    const [named] = describeFiles(undefined, { files, by: "url" }, how);
    assert.equal(named, "photos: 2 files to name by URL");
  });
});
