import assert from "node:assert/strict";
import { join } from "node:path";
import { addFault, annotate, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import {
  actionsOf,
  batchOf,
  itemOf,
  projectFiles,
  reported,
  secretValue,
} from "../support/reports.ts";

/** A stack whose parts can be changed one by one. */
interface Declared {
  name?: string;
  items?: Record<string, object | undefined>;
  single?: object;
  picture?: string;
  extra?: string;
}

/** Pictures whose boxes are shown: of a dataset, and of a single work item. */
const pictures = `
const folder = "examples/quickstart/photos";
new aidp.Dataset("coco", {
  batchName: "vision-coco-2026-12",
  folder,
  manifest: "examples/quickstart/photos.coco.json",
});
const upload = new aidp.SignedUpload("cat", { source: folder + "/chelsea.jpg" });
new aidp.WorkItem("cat", { assetUrl: upload, labels: [{ bbox: [1, 2, 404, 298] }] });
`;

function expectPictures(html: string): void {
  const cards = html.split('<li class="card ').slice(1);
  const shown = cards.flatMap((card) => {
    const [key] = /(?<=<h3 [^>]*>)[^<]*/.exec(card) ?? [];
    return card.includes('href="data:image/webp;base64,') ? [key] : [];
  });
  assert.deepEqual(shown.toSorted(), [
    "astronaut.jpg",
    "cat",
    "chelsea.jpg",
    "coffee.jpg",
    "coins.png",
    "hubble-deep-field.jpg",
    "rocket.jpg",
  ]);
  assert.match(html, /viewBox="0 0 512 512" role="img" aria-label="astronaut\.jpg, 1 box: person"/);
  assert.match(html, /<rect class="box added" x="23\.4" y="16\.9" width="339\.5" height="494\.7">/);
  assert.match(html, /viewBox="0 0 451 300" role="img" aria-label="cat, 1 box"/);
}

const box = (x: number) => ({ bbox: [x, 0, 10, 10], metadata: { category: "sign" } });

describe("reports of a stack on a real engine", function () {
  this.timeout(240_000);
  const other = useEmulator();
  let project: UserProject;

  /** Declares the stack anew. */
  function declare({
    name = "vision-signs-2026-12",
    items = {},
    single,
    picture,
    extra = "",
  }: Declared) {
    const all = {
      kept: { assetUrl: "signs/kept.jpg", dueInSeconds: 86_400 },
      changed: { assetUrl: "signs/changed.jpg", difficulty: 1, metadata: { owner: "a" } },
      boxed: { assetUrl: "signs/boxed.jpg", labels: [box(1), box(2)] },
      removed: { assetUrl: "signs/removed.jpg" },
      ...items,
    };
    const one = { assetUrl: "signs/single.jpg", dueInSeconds: 3_600, ...single };
    project.write("photos/one.jpg", picture ?? "one");
    project.write(
      "index.ts",
      `
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
const batch = new aidp.Batch("signs", {
  name: ${JSON.stringify(name)},
  metadata: { owner: "vision", token: pulumi.secret("${secretValue}") },
});
new aidp.WorkItemSet("signs", { batchId: batch.batchId, items: ${JSON.stringify(all)} });
new aidp.WorkItem("single", {
  batchId: batch.id,
  ...${JSON.stringify(one)},
  metadata: { token: pulumi.secret("${secretValue}") },
});
new aidp.Dataset("photos", {
  batchName: "vision-photos-2026-12",
  folder: "photos",
  findings: { broken: "ignore" },
});
${extra}
`,
    );
  }

  const changeSecret = () =>
    project.write("index.ts", project.read("index.ts").replaceAll(secretValue, `${secretValue}!`));

  const aidp = (...args: string[]) => reported(project, other.emulator, "preview", ...args);

  const up = () =>
    project.pulumi(other.emulator, "up", "--yes", "--skip-preview", "--stack", "test");

  before(async () => {
    project = UserProject.linked({
      ...projectFiles,
      "photos/one.jpg": "one",
      "photos/two.jpg": "two",
    });
    project.copy("examples/quickstart");
    await project.pulumi(other.emulator, "stack", "init", "test");
    // The selected stack is another one, and stays it.
    await project.pulumi(other.emulator, "stack", "init", "selected");
  });
  after(() => project.remove());

  it("tells at the first preview what will be there, by batch, with deadlines, and shows the pictures", async () => {
    declare({ extra: pictures });
    const { code, report, markdown, stdout, html } = await aidp();
    expectPictures(html);
    assert.equal(code, 2);
    assert.equal(report.version, 1);
    assert.equal(report.result, "changed");
    assert.deepEqual([report.project, report.stack], ["labeling", "test"]);
    assert.equal(report.totals.added, 14);
    assert.deepEqual([report.totals.before, report.totals.after], [0, 14]);
    const signs = batchOf(report, "vision-signs-2026-12");
    assert.equal(signs.action, "create");
    assert.deepEqual(actionsOf(signs), {
      kept: "add",
      changed: "add",
      boxed: "add",
      removed: "add",
      single: "add",
    });
    assert.deepEqual(Object.keys(actionsOf(batchOf(report, "vision-photos-2026-12"))), [
      "one.jpg",
      "two.jpg",
    ]);
    const due = Date.parse(itemOf(report, "kept").deadline ?? "");
    assert.equal(due - Date.parse(report.at), 86_400_000);
    assert.equal(report.uploads.length, 9);
    assert.deepEqual(
      report.uploads
        .filter(({ newSize }) => newSize === "one".length)
        .map(({ file, action }) => [file, action]),
      [
        ["one.jpg", "add"],
        ["two.jpg", "add"],
      ],
    );
    assert.match(
      markdown,
      /^<!-- aidp preview labeling\/test -->\n## Labeling preview: `labeling\/test`\n\nWork items: 14 new\./,
    );
    assert.match(markdown, /\| `vision-signs-2026-12` \(new\) \| 0 → 5 \| 5 \|/);
    assert.match(markdown, /- `kept`: `signs\/kept\.jpg`, due 20\d\d-\d\d-\d\d \d\d:\d\d UTC/);
    assert.match(stdout, /vision-signs-2026-12 +0 → 5 +5\n/);
    const selected = await project.pulumi(other.emulator, "stack", "--show-name");
    assert.equal(selected.trim(), "selected");
  });

  it("has nothing to tell after the update", async () => {
    declare({});
    await up();
    const { code, report, markdown } = await aidp();
    assert.equal(code, 0);
    assert.equal(report.result, "unchanged");
    assert.deepEqual([report.totals.before, report.totals.after], [7, 7]);
    assert.match(markdown, /Nothing to do\./);
  });

  it("tells field by field what changes, what is relabelled and what is cancelled, and of a secret only that it does", async () => {
    declare({
      items: {
        changed: {
          assetUrl: "signs/changed.jpg",
          difficulty: 2,
          dueInSeconds: 172_800,
          metadata: { owner: "b" },
        },
        boxed: { assetUrl: "signs/boxed.jpg", labels: [box(1), box(3)] },
        removed: undefined,
        fresh: { assetUrl: "signs/fresh.jpg" },
      },
      single: { difficulty: 7 },
      picture: "another one",
    });
    changeSecret();
    const { code, report, markdown } = await aidp();
    assert.equal(code, 2);
    const signs = batchOf(report, "vision-signs-2026-12");
    const hidden = { old: "[secret]", new: "[secret]" };
    assert.equal(signs.action, "update");
    assert.deepEqual(signs.fields, [{ field: "metadata.token", ...hidden }]);
    assert.deepEqual(actionsOf(signs), {
      changed: "replace",
      boxed: "relabel",
      removed: "cancel",
      fresh: "add",
      single: "replace",
    });
    assert.deepEqual(itemOf(report, "changed").fields, [
      { field: "metadata.owner", old: "a", new: "b" },
      { field: "dueInSeconds", new: 172_800 },
      { field: "difficulty", old: 1, new: 2 },
    ]);
    assert.deepEqual(itemOf(report, "boxed").fields, [
      { field: "labels", old: [box(1), box(2)], new: [box(1), box(3)] },
    ]);
    assert.deepEqual(itemOf(report, "single").fields, [
      { field: "difficulty", new: 7 },
      { field: "metadata.token", ...hidden },
    ]);
    // The path of the picture is not known before it is sent; that it changes is.
    assert.deepEqual(actionsOf(batchOf(report, "vision-photos-2026-12")), { "one.jpg": "replace" });
    assert.deepEqual(
      report.uploads.map(({ file, action, oldSize, newSize }) => [file, action, oldSize, newSize]),
      [["one.jpg", "change", 3, 11]],
    );
    const { added, replaced, relabelled, cancelled, atRisk, before, after } = report.totals;
    assert.deepEqual([added, replaced, relabelled, cancelled, atRisk], [1, 3, 1, 1, 0]);
    assert.deepEqual([before, after], [7, 7]);
    assert.match(markdown, /### Cancelled \(1\)\n\n- `removed` in `vision-signs-2026-12`\n/);
    assert.match(
      markdown,
      /- `changed`: `metadata\.owner` `a` → `b`; `dueInSeconds` `nothing` → `2 days`; `difficulty` `1` → `2`, due /,
    );
    assert.match(markdown, /`labels`: 1 box moved by \(\+1, 0\) \(IoU 0\.81\)/);
  });

  it("agrees with what the update then does", async () => {
    const before = (await storeOf(other.emulator)).workItems;
    await up();
    const { workItems } = await storeOf(other.emulator);
    assert.equal(workItems.length - before.length, 4);
    const failed = (all: typeof workItems) =>
      all.filter(({ status }) => status === "FAILED").length;
    assert.equal(failed(workItems) - failed(before), 4);
  });

  it("keeps items where a batch is only renamed", async () => {
    const applied = project.read("index.ts");
    project.write("index.ts", applied.replace("vision-signs-2026-12", "vision-renamed-2026-12"));
    const { report } = await aidp();
    const signs = batchOf(report, "vision-renamed-2026-12");
    assert.deepEqual(signs.fields, [
      { field: "name", old: "vision-signs-2026-12", new: "vision-renamed-2026-12" },
    ]);
    assert.deepEqual(signs.items, []);
  });

  it("warns of people's work that would be lost, and holds to limits", async () => {
    await annotate(other.emulator);
    declare({
      items: {
        changed: { assetUrl: "signs/changed.jpg", difficulty: 9 },
        boxed: { assetUrl: "signs/boxed.jpg", labels: [box(1), box(4)] },
        removed: undefined,
      },
      single: { difficulty: 7, onWorkInProgress: "cancel" },
      picture: "another one",
    });
    changeSecret();
    const none = ["--max-at-risk", "0", "--max-relabelled-done", "0"];
    const cost = ["--max-cost", "1", "--effort-item", "2"];
    const limits = ["--max-new", "5", "--max-cancelled", "1", ...none, ...cost];
    await addFault(other.emulator, { operation: "listWorkItems", status: 400 });
    const blind = await aidp(...limits);
    assert.equal(blind.code, 4);
    assert.deepEqual(blind.report.limits.slice(1), [
      { option: "--max-at-risk", limit: 0 },
      { option: "--max-relabelled-done", limit: 0 },
      { option: "--max-cost", limit: 1, unit: "minutes", found: 2 },
    ]);
    assert.equal(blind.report.statuses, "last");
    assert.match(blind.markdown, /The statuses are those of the last update or refresh/);
    assert.match(
      blind.stdout,
      /the statuses are those of the last update or refresh, as they were not looked/,
    );
    const { code, report, markdown, stdout } = await aidp(...limits);
    assert.equal(code, 4);
    assert.equal(report.result, "limits");
    assert.deepEqual(report.limits, [
      { option: "--max-cancelled", limit: 1, found: 2 },
      { option: "--max-at-risk", limit: 0, found: 2 },
      { option: "--max-relabelled-done", limit: 0, found: 1 },
      { option: "--max-cost", limit: 1, unit: "minutes", found: 2 },
    ]);
    assert.equal(itemOf(report, "boxed").status, "COMPLETED");
    assert.match(
      markdown,
      /### Relabelled though finished \(1\)\n\n1 finished item keeps its result .*\n\n- `boxed` in `vision-signs-2026-12`, COMPLETED: 1 box moved by \(\+1, 0\) \(IoU 0\.81\)\n/,
    );
    assert.equal(report.statuses, "now");
    assert.match(markdown, /The statuses of the items that change were looked up then\./);
    const { status, atRisk } = itemOf(report, "changed");
    assert.deepEqual([status, atRisk], ["COMPLETED", "refused"]);
    const { settings, statuses } = batchOf(report, "vision-signs-2026-12");
    assert.deepEqual(
      settings.map(({ field, new: next }) => [field, next]),
      [["onWorkInProgress", "cancel"]],
    );
    assert.deepEqual(statuses, { NEW: 5 });
    const places = ["Limits exceeded", "Work at risk \\(2\\)", "Cancelled \\(1\\)", "Batches"];
    assert.match(markdown, new RegExp(places.map((title) => `### ${title}`).join("[^]*")));
    assert.match(stdout, /limit: --max-at-risk: 0 work items are allowed, and there are 2\n/);
  });

  it("tells which rules are broken, the mandatory ones first", async () => {
    declare({ name: "Signs @vision|`<b>`" });
    const pack = join(project.folder, "node_modules/pulumi-ai-data-platform/policy/main.mjs");
    project.write("policies.json", JSON.stringify({ "batch-name-pattern": "mandatory" }));
    const policies = ["--policy-pack", pack, "--policy-pack-config", "policies.json"];
    const { code, report, markdown, html, stdout } = await aidp(...policies);
    assert.equal(code, 3);
    assert.equal(report.result, "violations");
    assert.deepEqual(report.failures, []);
    const [rule] = report.rules;
    assert.deepEqual(
      [rule?.rule, rule?.level, rule?.severity],
      ["batch-name-pattern", "mandatory", "low"],
    );
    assert.match(rule?.violations[0]?.text ?? "", /must match [^\n]*$/);
    const url = rule?.url ?? "";
    assert.match(url, /^https:\/\/\S+\/docs\/policies\.md#batch-name-pattern$/);
    assert.ok(markdown.includes(`([about this rule](${url}))`));
    assert.ok(html.includes(`<a href="${url}" rel="noopener noreferrer">About this rule</a>`));
    assert.ok(stdout.includes(`\n  ${url}\n`));
    assert.ok(report.rules.some(({ level }) => level === "advisory"));
    assert.match(
      markdown,
      /### Broken rule \(mandatory, severity low, 1\) `ai-data-platform\/batch-name-pattern`/,
    );
    // Names can neither leave the table nor become HTML or mentions.
    assert.match(markdown, /\| `` Signs @vision\\\|`<b>` `` \(changed\) \|/);
  });

  it("writes what is known where the preview fails, the failure first", async () => {
    declare({ extra: 'new aidp.WorkItem("bad", { assetUrl: "./x.jpg", dueInSeconds: 0 });' });
    const { code, report, markdown, stdout } = await aidp();
    assert.equal(code, 1);
    assert.equal(report.result, "failed");
    assert.equal(report.failures.length, 2);
    assert.match(
      markdown,
      /### Not finished: what follows is not complete \(2\)\n\n- `WorkItem bad`: `/,
    );
    assert.match(stdout, /error: .*dueInSeconds must be between 1 and 2592000/);
  });
});
