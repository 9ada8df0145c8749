import assert from "node:assert/strict";
import type { Finding } from "../../../cli/doctor/checks.ts";
import { annotate, clientOf, requests, resetRequests, storeOf } from "../../../harness/emulator.ts";
import { testEngine } from "../../../harness/engine.ts";
import { engineEnv } from "../../../scripts/engine.ts";
import { run } from "../../cli/support.ts";
import { useEmulator } from "../../support/emulator.ts";

describe("aidp doctor", () => {
  const test = useEmulator();
  let path: string;
  before(async function () {
    this.timeout(600_000);
    path = engineEnv(await testEngine()).PATH ?? "";
  });

  async function doctor(
    environment: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number; stdout: string; findings: Map<string, Finding> }> {
    const given = { PATH: path, ...environment };
    // A folder that is no Pulumi project.
    const args = ["doctor", "--json", "--cwd", import.meta.dirname];
    const { code, stdout, stderr } = await run(test.emulator, given, ...args);
    assert.equal(stderr, "");
    const findings = JSON.parse(stdout) as Finding[];
    return { code, stdout, findings: new Map(findings.map((each) => [each.check, each])) };
  }

  const results = (findings: Map<string, Finding>): Record<string, string> =>
    Object.fromEntries([...findings.values()].map(({ check, result }) => [check, result]));

  const reached = { "Node.js": "good", "Pulumi engine": "good", proxy: "good", clock: "good" };
  const changing =
    "route createBatch, updateBatch, createWorkItem, setLabels, signalWorkItem, signalWorkItems, createExport, deleteExport";

  it("finds all well where it is, and changes nothing", async () => {
    const { emulator } = test;
    const place = { assetUrl: "signs/1.jpg", assetType: "image" };
    const { id } = await clientOf(emulator).workItems.create(emulator.projectId, place);
    await annotate(emulator, { workItemIDs: [id] });
    const before = await storeOf(emulator);
    await resetRequests(emulator);
    const { code, stdout, findings } = await doctor();
    assert.deepEqual(results(findings), {
      ...reached,
      key: "good",
      space: "good",
      project: "good",
      "route getProject": "good",
      "route listBatches": "good",
      "route listWorkItems": "good",
      "route createUploadUrls": "good",
      "route createReadUrls": "good",
      "route getAnnotation": "good",
      "route listExports": "good",
      "route getExport": "skipped",
      [changing]: "skipped",
    });
    assert.equal(code, 0);
    assert.deepEqual(await storeOf(emulator), before);
    assert.equal((await requests(emulator)).requests.createUploadUrls, 1);
    assert.ok(!stdout.includes(emulator.apiKey));
    assert.ok(!stdout.includes("signature"));
  });

  it("tells a wrong key", async () => {
    const { code, findings } = await doctor({ AIDP_API_KEY: "wrong" });
    assert.deepEqual(results(findings), { ...reached, key: "bad" });
    assert.match(findings.get("key")!.text, /answered 401.*Check the setting aidp:apiKey/);
    assert.equal(code, 1);
  });

  it("tells that the platform cannot be reached", async () => {
    const { code, findings } = await doctor({ AIDP_BASE_URL: "http://127.0.0.1:1025/api/v1" });
    assert.match(
      findings.get("clock")!.text,
      /^http:\/\/127\.0\.0\.1:1025 cannot be reached: .* is the emulator running\?$/,
    );
    assert.equal(findings.size, 4);
    assert.equal(code, 1);
  });

  it("tells that a setting is missing, or wrong", async () => {
    for (const [environment, text] of [
      [{ AIDP_API_KEY: "" }, /^the API key is missing: .*AIDP_API_KEY$/],
      [
        { AIDP_API_KEY: "", AIDP_SPACE_ID: "", AIDP_PROJECT_ID: "" },
        /^the API key and spaceId are missing: .*; not set either: aidp:projectId$/,
      ],
      [{ AIDP_PROJECT_ID: "mine" }, /^aidp:projectId must be a UUID, got "mine"/],
    ] as const) {
      const { code, findings } = await doctor(environment);
      assert.match(findings.get("settings")!.text, text);
      assert.equal(code, 1);
    }
  });

  it("tells that there is no engine", async () => {
    const { code, findings } = await doctor({ PATH: "/nowhere" });
    assert.match(findings.get("Pulumi engine")!.text, /pulumi is not on the PATH/);
    assert.equal(code, 1);
  });

  it("prints a line for each finding, without colours where there is no terminal", async () => {
    const { stdout } = await run(test.emulator, { PATH: path }, "doctor");
    assert.match(stdout, /^✔ Node\.js: \d+\.\d+\.\d+\n✔ Pulumi engine: 3\./);
    assert.ok(!stdout.includes("\x1b"));
  });
});
