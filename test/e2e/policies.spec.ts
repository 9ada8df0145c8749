import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type * as aidp from "pulumi-ai-data-platform";
import { requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { type Policies, TestStack } from "../support/stack.ts";
import { unmarked } from "../support/unmarked.ts";

const folder = join(projectRoot, "policy");
const pack = join(folder, "main.mjs");

for (const declare of allDeclarations) {
  describe(`the policy pack on a real engine, with ${declare.name}`, function () {
    this.timeout(120_000);
    const other = useEmulator();
    let stack: TestStack;
    before(async () => {
      stack = await TestStack.create(environmentOf(other.emulator));
    });
    after(() => stack.remove());

    /** The pack, with a stack's own configuration. */
    function policies(config: object = {}): Policies {
      const file = join(stack.folder, "policies.json");
      writeFileSync(file, JSON.stringify(config));
      return { policyPacks: [pack], policyPackConfigs: [file] };
    }

    /** A stack that breaks only rules that are advisory, unless it is changed. */
    const program =
      ({
        name = "vision-signs-2026-12",
        items = {},
      }: {
        name?: string;
        items?: Record<string, aidp.WorkItemSetItemArgs>;
      } = {}) =>
      async () => {
        const batch = new declare.Batch("signs", { name, metadata: { owner: "vision" } });
        new declare.WorkItemSet("signs", {
          batchId: batch.batchId,
          items: { a: { assetUrl: "uploads/a.jpg" }, b: { assetUrl: "uploads/b.jpg" }, ...items },
          defaults: { dueInSeconds: 86_400 },
        });
      };

    const created = async () => {
      const { batches, workItems } = await storeOf(other.emulator);
      return { batches: batches.filter(({ name }) => name !== "Default"), workItems };
    };

    it("stops an update at a mandatory violation, before anything is created", async () => {
      const message = await stack.failure(stack.up(program({ name: "default" }), policies()));
      assert.match(message, /\[mandatory\] \[severity: medium\] {2}batch-name-reserved/);
      assert.match(message, /\/docs\/policies\.md#batch-name-reserved\n/);
      assert.match(message, /name "default" is reserved, must not be one of Default: give/);
      assert.deepEqual(await created(), { batches: [], workItems: [] });
    });

    it("refuses at the preview what rules on an item and on the whole stack are against, at the configured level", async () => {
      const items = {
        c: { assetUrl: "uploads/a.jpg" },
        d: { assetUrl: "http://pictures.example.com/d.jpg" },
      };
      const config = {
        "asset-unique": "mandatory",
        "batch-deadline-limits": { limits: [{ batch: "vision-.*", maximumSeconds: 3_600 }] },
        "difficulty-range": "mandatory",
      };
      const message = await stack.failure(stack.preview(program({ items }), policies(config)));
      assert.match(message, /items\["c"\]: assetUrl "uploads\/a\.jpg" must be unique in the stack/);
      assert.match(
        message,
        /items\["d"\]: assetUrl "http:\/\/pictures\.example\.com\/d\.jpg" begins with/,
      );
      // The batch has no id yet: its name is found by dependency.
      assert.match(
        message,
        /must be 1 \(1 second\) to 3600 \(1 hour\): .* than "vision-signs-2026-12"/,
      );
      assert.match(message, /\[mandatory\] \[severity: \w+\] {2}difficulty-range/);
    });

    it("refuses a wrong configuration before the program runs, and says what may be meant", async () => {
      const place = "Correct it in the file of --policy-pack-config, or in the pack";
      for (const [config, expected] of [
        [
          { "deadline-limits": { minimumSeconds: "1h" } },
          "deadline-limits: minimumSeconds: Invalid type",
        ],
        [
          { "deadline-limits": { minimum: 5 } },
          `the configuration of deadline-limits is wrong: it has no setting minimum. ${place}`,
        ],
        [
          {
            all: "advisory",
            "deadline-limit": "mandatory",
            "batch-deadline-limits": { limits: [{ batc: "vision-.*" }] },
          },
          `the configuration of batch-deadline-limits is wrong: limits[0].batch is required; limits[0] has no setting batc: did you mean batch?; deadline-limit is not a rule of this pack: did you mean deadline-limits? ${place}`,
        ],
      ] as const) {
        const message = await stack.failure(stack.preview(program(), policies(config)));
        assert.ok(message.includes(expected), message);
        assert.doesNotMatch(message, /\bat .*\.js:\d+|aidp:Batch/);
      }
    });

    it("judges pre-labels, findings and effort, and names the line of a manifest", async () => {
      mkdirSync(join(stack.folder, "photos"), { recursive: true });
      writeFileSync(join(stack.folder, "photos/a.txt"), "a");
      const labels = [{ bbox: [1, 1, 5, 5], metadata: { category: "stop sgin" } }];
      const lines = [
        { key: "a", assetUrl: "uploads/a.jpg", labels: [] },
        { key: "b", assetUrl: "uploads/b.jpg", labels },
      ];
      const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      writeFileSync(join(stack.folder, "items.jsonl"), text);
      const declared = async () => {
        const batch = new declare.Batch("signs", { name: "vision-signs-2026-12" });
        new declare.UploadSet("photos", { folder: "photos", findings: { broken: "ignore" } });
        new declare.WorkItemSet("signs", {
          batchId: batch.batchId,
          manifest: "items.jsonl",
          defaults: { dueInSeconds: 86_400 },
        });
      };
      const config = {
        "label-categories": { allowed: ["stop sign"] },
        "finding-levels": "mandatory",
        "effort-limit": { item: 2, box: 0.5, max: 4 },
      };
      const message = await stack.failure(stack.preview(declared, policies(config)));
      assert.match(
        message,
        /items\["b"\] \(items\.jsonl, line 2\): labels\[0\]\.metadata\.category is "stop sgin", must be one of "stop sign": did you mean stop sign\?/,
      );
      assert.match(message, /findings\.broken is "ignore", must be "warn" or "refuse"/);
      assert.match(message, /2 work items with 1 box takes 4\.5 minutes, must take at most 4/);
      assert.deepEqual(await created(), { batches: [], workItems: [] });
    });

    it("lets pass what is advisory, and says so", async () => {
      const { stdout } = await stack.up(program(), policies());
      assert.match(stdout, /\[advisory\] \[severity: \w+\] {2}taxonomy-pinned/);
      assert.equal((await created()).workItems.length, 2);
    });

    it("judges by the settings of the stack's configuration", async () => {
      const config = {
        "difficulty-range": { enforcementLevel: "mandatory", required: false },
        "batch-protected": "advisory",
        "taxonomy-pinned": "disabled",
      };
      const { stdout, changes } = await stack.up(program(), policies(config));
      assert.deepEqual(changes, { same: 3 });
      assert.match(stdout, /\[advisory\] \[severity: \w+\] {2}batch-protected/);
      assert.doesNotMatch(stdout, /taxonomy-pinned|difficulty-range/);
    });

    it("judges at the update what is not known at the preview", async () => {
      const late = async () => {
        const first = new declare.Batch("signs", {
          name: "vision-signs-2026-12",
          metadata: { owner: "vision" },
        });
        const other = new declare.Batch("other", { name: "vision-other-2026-12" });
        new declare.WorkItem("late", {
          batchId: first.batchId,
          assetUrl: other.batchId.apply((id) => `http://pictures.example.com/${id}.jpg`),
          dueInSeconds: 86_400,
        });
      };
      const { stdout } = await stack.preview(late, policies());
      assert.doesNotMatch(stdout, /asset-https|can't run/);
      const message = await stack.failure(stack.up(late, policies()));
      assert.match(message, /\[mandatory\] \[severity: \w+\] {2}asset-https/);
      assert.ok(!(await created()).workItems.some(({ assetUrl }) => assetUrl.startsWith("http:")));
    });

    it("changes what is created where it may, and leaves it so", async () => {
      const fixing = policies({
        "deadline-required": { enforcementLevel: "remediate", defaultDueInSeconds: 7_200 },
        "metadata-required": {
          enforcementLevel: "remediate",
          of: ["batch", "item"],
          defaults: { owner: "roads", costCentre: "4711" },
        },
      });
      const untidy = async () => {
        const batch = new declare.Batch("untidy", { name: " vision-untidy-2026-12 " });
        new declare.WorkItemSet("untidy", {
          batchId: batch.batchId,
          items: {
            a: { assetUrl: "untidy/a.jpg" },
            b: { assetUrl: "untidy/b.jpg", dueInSeconds: 9_000, metadata: { owner: "b" } },
          },
          defaults: { difficulty: 5 },
        });
        new declare.WorkItem("untidy", { batchId: batch.batchId, assetUrl: "untidy/c.jpg" });
      };
      await stack.up(untidy, fixing);
      const { batches, workItems } = await created();
      const batch = batches.find(({ name }) => name === "vision-untidy-2026-12");
      assert.deepEqual(unmarked(batch), { owner: "roads", costCentre: "4711" });
      const seen = workItems
        .filter(({ batchId }) => batchId === batch?.id)
        .map(({ assetUrl, dueInSeconds, metadata }) => [
          assetUrl.slice(-5),
          dueInSeconds,
          metadata?.owner,
          metadata?.costCentre,
        ])
        .sort();
      assert.deepEqual(seen, [
        ["a.jpg", 7_200, "roads", "4711"],
        ["b.jpg", 9_000, "b", "4711"],
        ["c.jpg", 7_200, "roads", "4711"],
      ]);
      await resetRequests(other.emulator);
      assert.deepEqual((await stack.up(untidy, fixing)).changes, { same: 4 });
      assert.equal((await requests(other.emulator)).total, 0);
    });

    if (declare.isPlugin) {
      return;
    }

    it("has the version of the package", () => {
      const versionIn = (where: string) =>
        JSON.parse(readFileSync(join(where, "package.json"), "utf8")).version;
      assert.equal(versionIn(folder), versionIn(projectRoot));
    });

    for (const [command, args, cwd] of [
      ["run-plugin", [folder], tmpdir()],
      ["run-policy-pack", ["127.0.0.1:1", "."], folder],
    ] as const) {
      it(`starts as a folder, by ${command} of the SDK, which newer language hosts use`, async () => {
        const script = join(projectRoot, "node_modules/@pulumi/pulumi/cmd", command, "index.js");
        const port = await firstLine(process.execPath, [script, ...args], cwd);
        assert.match(port, /^\d+$/);
      });
    }
  });
}

/** The first line of a program that would go on. */
function firstLine(file: string, args: readonly string[], cwd: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(file, args, { cwd }, (error) => reject(error));
    child.stdout?.once("data", (data: string) => {
      resolve(data.trim());
      child.kill();
    });
  });
}
