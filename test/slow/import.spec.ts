import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../emulator/server.ts";
import { annotate, requests, resetRequests, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import type { BatchReport } from "../../report/model.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { main } from "../support/reports.ts";
import { unmarked } from "../support/unmarked.ts";

const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: "sign" } }];
// biome-ignore lint/suspicious/noTemplateCurlyInString: it must do nothing
const hostileName = 'b"; ${process.exit(1)} `*/\n</script>';

/** A request of a client that is not ours. */
async function post<T>({ url, apiKey }: Emulator, path: string, body: object): Promise<T> {
  const response = await fetch(`${url}${path}`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assert.ok(response.ok, `${path}: ${response.status} ${await response.clone().text()}`);
  return (await response.json()) as T;
}

describe("aidp import, on a real engine", function () {
  this.timeout(240_000);
  const test = useEmulator();
  let project: UserProject;
  let cancelled = "";
  const asset = (name: string) => `https://pictures.example/${name}`;

  const aidp = (...args: string[]) => project.run(test.emulator, process.execPath, [main, ...args]);
  const text = (name: string) => readFileSync(join(project.folder, name), "utf8");
  const pulumi = (...args: string[]) => project.pulumi(test.emulator, ...args, "--stack", "test");

  before(async () => {
    const { emulator } = test;
    const { projectId } = emulator;
    const items = `/projects/${projectId}/workItems`;
    const batch = async (name: string) =>
      (await post<{ id: number }>(emulator, `/projects/${projectId}/batches`, { name })).id;
    const item = (body: object) =>
      post<{ id: string }>(emulator, items, { assetType: "image", ...body });

    const signs = await batch("Street signs");
    for (let index = 0; index < 30; index += 1) {
      const own = index % 3 === 0 ? { labels } : { metadata: { index }, difficulty: index };
      await item({ batchId: signs, assetUrl: asset(`${index}.jpg`), dueInSeconds: 86_400, ...own });
    }
    const evil = await batch(hostileName);
    await item({
      batchId: evil,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it must do nothing
      assetUrl: asset("${1}`'.jpg"),
      metadata: JSON.parse('{"__proto__": {"a": 1}, "*/": "\\u2028`", "quote\\"": "\\\\"}'),
    });
    await item({ batchId: evil, assetUrl: asset("twice.jpg"), labels });
    await item({ batchId: evil, assetUrl: asset("twice.jpg"), metadata: { second: true } });
    await batch("class");
    await item({ assetUrl: asset("in-default.jpg"), resultsUrl: "https://results.example/1" });
    const { id: done } = await item({ batchId: evil, assetUrl: asset("done.jpg") });
    await annotate(emulator, { workItemIDs: [done] });
    cancelled = (await item({ batchId: evil, assetUrl: asset("cancelled.jpg") })).id;
    const workItems = [{ workItemID: cancelled }];
    await post(emulator, `${items}/signal`, { signal: "cancel", workItems });
    project = UserProject.linked({});
  });
  after(() => project.remove());

  it("writes a program, and says what it left out", async () => {
    const before = await storeOf(test.emulator);
    const { code, stdout, stderr } = await aidp("import", "--out", ".");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /4 batches, 35 work items/);
    assert.match(stdout, /Street signs: 30 work items in manifests\/street-signs\.jsonl/);
    assert.match(stdout, /left out: 1 failed or cancelled/);
    assert.match(
      stdout,
      /next: cd \., npm install \/path\/to\/pulumi-ai-data-platform-[\d.]+\.tgz /,
    );
    assert.deepEqual(await storeOf(test.emulator), before);
    assert.ok(!text("index.ts").includes("cancelled.jpg"));
    assert.equal(text("manifests/street-signs.jsonl").trim().split("\n").length, 30);
    assert.match(text("index.ts"), /new WorkItemSet\("default", \{\n {2}projectId,\n {2}items/);
  });

  it("writes the same again, and over nothing without --force", async () => {
    const program = text("index.ts");
    const manifest = text("manifests/street-signs.jsonl");
    const refused = await aidp("import", "--out", ".");
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /^error: Pulumi\.yaml is there already: .*--force/);
    assert.equal((await aidp("import", "--out", ".", "--force")).code, 0);
    assert.equal(text("index.ts"), program);
    assert.equal(text("manifests/street-signs.jsonl"), manifest);
  });

  it("writes a program that the compiler accepts", async () => {
    const tsc = join(projectRoot, "node_modules/typescript/bin/tsc");
    const types = ["--typeRoots", join(projectRoot, "node_modules/@types")];
    const args = [tsc, "-p", ".", ...types];
    const { code, stdout } = await project.run(test.emulator, process.execPath, args);
    assert.deepEqual([code, stdout], [0, ""]);
  });

  it("is counted as adopted, and not as new, by a report", async () => {
    await pulumi("stack", "init");
    // The same limits as for new work, of which this is none.
    const options = ["--stack", "test", "--json", "report.json", "--max-new", "0"];
    const { code, stdout } = await aidp("preview", ...options);
    const { totals, batches, adoptions } = JSON.parse(text("report.json"));
    assert.deepEqual([code, totals.added, totals.adopted, totals.after], [2, 0, 35, 35]);
    assert.deepEqual(
      batches.map(({ name, counts }: BatchReport) => [name, counts.adopted]).sort(),
      [
        ["Default", 1],
        ["Street signs", 30],
        [hostileName, 4],
        ["class", 0],
      ].sort(),
    );
    // Three batches, and what is in them.
    assert.equal(adoptions.length, 6);
    assert.match(stdout, /Work items: 35 adopted\./);
    assert.match(stdout, /WorkItemSet street-signs: adopts 30 existing work items, creates none/);
  });

  it("is adopted by the first update, which changes nothing on the platform but the marks of its batches", async () => {
    const before = await storeOf(test.emulator);
    await resetRequests(test.emulator);
    const said = await pulumi("up", "--yes");
    assert.match(said, /adopts 30 existing work items, creates none/);
    assert.match(said, /adopts the existing batch \d+ "Street signs" with 30 work items/);
    assert.doesNotMatch(said, /warning/);
    const after = await storeOf(test.emulator);
    const batches = after.batches.map((batch) => ({ ...batch, metadata: unmarked(batch) }));
    assert.deepEqual({ ...after, batches }, before);
    const { createWorkItem, setLabels, updateBatch, signalWorkItems } = (
      await requests(test.emulator)
    ).requests;
    assert.deepEqual(
      [createWorkItem, setLabels, updateBatch, signalWorkItems],
      [undefined, undefined, 3, undefined],
    );
  });

  it("is settled then: no change, no drift", async () => {
    await pulumi("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes");
  });

  it("changes just the item whose labels are edited", async () => {
    const { workItems: before } = await storeOf(test.emulator);
    const lines = text("manifests/street-signs.jsonl").trim().split("\n");
    const other = [{ bbox: [9, 9, 9, 9] }];
    const edited = lines.map((line) => {
      const item = JSON.parse(line);
      return item.assetUrl === asset("3.jpg") ? JSON.stringify({ ...item, labels: other }) : line;
    });
    project.write("manifests/street-signs.jsonl", `${edited.join("\n")}\n`);
    await resetRequests(test.emulator);
    await pulumi("up", "--yes", "--skip-preview");
    const { workItems: after } = await storeOf(test.emulator);
    const changed = after.filter((item, index) => {
      return JSON.stringify(item) !== JSON.stringify(before[index]);
    });
    assert.deepEqual(
      changed.map(({ assetUrl, labels }) => [assetUrl, labels]),
      [[asset("3.jpg"), other]],
    );
    assert.deepEqual((await requests(test.emulator)).requests, { setLabels: 1 });
  });

  it("leaves out what a stack made, and takes one batch alone", async () => {
    const { emulator } = test;
    const key = "urn:pulumi:prod::streets::pulumi-nodejs:dynamic/aidp:WorkItemSet::signs#a";
    const body = { assetUrl: "a", assetType: "image", metadata: { pulumiUrn: key } };
    await post(emulator, `/projects/${emulator.projectId}/workItems`, body);
    const { stdout } = await aidp("import", "--out", "one", "--batch", "Default");
    assert.match(stdout, /1 batch, 1 work item\n/);
    assert.match(stdout, /left out: 1 made by stack prod of project streets/);
    assert.ok(!existsSync(join(project.folder, "one/manifests")));
    const { code, stderr } = await aidp("import", "--out", "none", "--batch", "nope");
    assert.equal(code, 1);
    assert.match(stderr, /^error: --batch "nope" is no batch of the project; it has .*"Default"/);
  });
});
