import assert from "node:assert/strict";
import { annotate } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { batchOf, projectFiles, reported } from "../support/reports.ts";

/** Their list alone is four times what a comment takes. */
const count = 1_200;

/** Two sets in two batches, without a component around them, that change as a whole. */
const program = (difficulty: number) => `
import * as aidp from "pulumi-ai-data-platform";
const first = new aidp.Batch("first", { name: "vision-first-2026-12" });
const second = new aidp.Batch("second", { name: "vision-second-2026-12" });
const name = (number) => "a long name for a picture | \`of\` @team ".repeat(3) + number;
const items = Object.fromEntries(
  Array.from({ length: ${count} }, (_, number) => [
    name(number),
    { assetUrl: "https://pictures.example.com/" + number + ".jpg", difficulty: ${difficulty}, dueInSeconds: 86400 },
  ]),
);
new aidp.WorkItemSet("many", { batchId: first.batchId, items });
new aidp.WorkItemSet("few", {
  batchId: second.batchId,
  items: { started: { assetUrl: "started.jpg", difficulty: ${difficulty} } },
});
`;

describe("a report of 1,200 work items on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator({ validateResponses: false });
  let project: UserProject;
  const preview = () => reported(project, other.emulator, "preview");

  before(async () => {
    project = UserProject.linked({ ...projectFiles, "index.ts": program(1) });
    await project.pulumi(other.emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  it("tells the batches apart that are not there yet", async () => {
    const { report, markdown } = await preview();
    assert.equal(batchOf(report, "vision-first-2026-12").counts.added, count);
    assert.equal(batchOf(report, "vision-second-2026-12").counts.added, 1);
    assert.ok(markdown.length <= 64_000, `${markdown.length} characters`);
  });

  it("fits a comment when all of them change, with what matters most first", async () => {
    await project.pulumi(other.emulator, "up", "--yes", "--skip-preview");
    await annotate(other.emulator);
    project.write("index.ts", program(2));
    const { report, markdown } = await preview();
    assert.equal(report.totals.replaced, count + 1);
    assert.equal(report.totals.atRisk, count + 1);
    assert.equal(report.batches.flatMap(({ items }) => items).length, count + 1);
    assert.ok(markdown.length <= 64_000, `${markdown.length} characters`);
    assert.ok(markdown.length > 50_000, `${markdown.length} characters`);
    const order = ["### Work at risk (1,201)", "### Batches", "<summary>Replaced (1,200) in"];
    const places = order.map((text) => markdown.indexOf(text));
    assert.ok(!places.includes(-1), `${places}`);
    assert.deepEqual(
      places,
      places.toSorted((one, next) => one - next),
    );
    // The lists say how much of them is left out, and the small one behind the large one is there.
    assert.match(markdown, /\n… and [0-9,]{3,5} more\.\n/);
    assert.match(markdown, /Replaced \(1\) in <code>vision-second-2026-12<\/code>/);
    assert.equal(markdown.match(/<details>/g)?.length, markdown.match(/<\/details>/g)?.length);
  });
});
