import assert from "node:assert/strict";
import { settings } from "../../../provider/lifecycle/settings.ts";
import { unknownSettings } from "../../../provider/pulumi/describe-unknown-settings.ts";

describe("provider: settings that nobody reads", () => {
  const meant: [string, string][] = [
    ["spaceID", "spaceId"],
    ["projectid", "projectId"],
    ["api-key", "apiKey"],
    ["base_url", "baseUrl"],
    ["route", "routes"],
    ["concurency", "concurrency"],
  ];
  for (const [name, instead] of meant) {
    it(`are told, with what was meant: ${name}`, () => {
      assert.equal(
        unknownSettings([`aidp:${name}`], "labeling"),
        `aidp:${name} is no setting: did you mean aidp:${instead}? \`pulumi config rm aidp:${name}\` takes it out`,
      );
    });
  }

  it("are told all, with what there is where none is near", () => {
    assert.match(
      unknownSettings(["aidp:region", "aidp:progress", "aidp:toString"], "labeling") ?? "",
      /^aidp:region is no setting: the settings are apiKey, .*entriesShown, effort; `.*; aidp:toString is no setting: [^\n]*$/,
    );
  });

  it("are not those that there are, nor what other namespaces have", () => {
    const all = Object.keys(settings).map((name) => `aidp:${name}`);
    assert.equal(unknownSettings([...all, "labeling:projectid", "aidp2:x"], "labeling"), undefined);
  });

  it("are the program's own in a project of that name", () => {
    assert.equal(unknownSettings(["aidp:dueInDays"], "aidp"), undefined);
  });
});
