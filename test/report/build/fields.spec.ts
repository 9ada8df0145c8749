import assert from "node:assert/strict";
import { fieldChanges, secretChanges } from "../../../report/build/fields.ts";
import { secret } from "../../../report/engine/events.ts";

describe("report: the fields that change", () => {
  const names = ["metadata", "labels"];
  const changes = (old: object, next: object, ...paths: string[]) => {
    const found = fieldChanges(names, { ...old }, { ...next });
    return [...found, ...secretChanges(names, paths, found)].map(({ field }) => field);
  };

  it("are told once, also where the engine names the whole of them", () => {
    assert.deepEqual(changes({}, { metadata: { team: "a" } }, "metadata"), ["metadata.team"]);
    assert.deepEqual(changes({ metadata: { team: "a" } }, {}, "metadata"), ["metadata.team"]);
    const named = (team: string) => ({ metadata: { "team.name": team } });
    assert.deepEqual(changes(named("a"), named("b"), 'metadata["team.name"]'), [
      "metadata.team.name",
    ]);
    const boxed = (x: number) => ({ labels: [{ bbox: [x, 1, 1, 1] }] });
    assert.deepEqual(changes(boxed(1), boxed(2), "labels[0].bbox[0]"), ["labels"]);
  });

  it("are those as well that only the engine sees, as both of their values are secret", () => {
    const hidden = {
      metadata: { "team.name": secret, team: secret },
      labels: [{ metadata: { by: secret } }],
    };
    for (const [path, field] of [
      ["metadata.team", "metadata.team"],
      ['metadata["team.name"]', "metadata.team.name"],
      ["labels[0].metadata.by", "labels[0].metadata.by"],
      ["metadata", "metadata"],
    ] as const) {
      assert.deepEqual(changes(hidden, hidden, path), [field]);
    }
    assert.deepEqual(changes(hidden, hidden, "labelsets", "other.metadata"), []);
  });
});
