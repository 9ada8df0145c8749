import assert from "node:assert/strict";
import type { Report } from "../../../report/model.ts";
import { renderJson } from "../../../report/text/json.ts";
import { renderMarkdown } from "../../../report/text/markdown.ts";
import { findingOf, step, texts } from "../../support/findings.ts";

const set = (assetUrl: string) => ({
  inputs: {
    projectId: "p",
    batchId: "17",
    items: texts({ [assetUrl]: { assetUrl, metadata: { from: assetUrl } } }),
  },
});

describe("report: JSON", () => {
  const { report } = findingOf(
    [step("WorkItemSet", "signs", set("https://cdn.example/a.jpg?sig=s3cret"))],
    "/project",
  );

  it("is the whole report, but for the queries of URLs, which Markdown has not either", () => {
    assert.ok(JSON.stringify(report).includes("s3cret"));
    const json = renderJson(report);
    assert.ok(!json.includes("s3cret") && !renderMarkdown(report).includes("s3cret"));
    const [batch] = (JSON.parse(json) as Report).batches;
    assert.equal(batch?.items[0]?.new?.assetUrl, "https://cdn.example/a.jpg?…");
  });
});
