import assert from "node:assert/strict";
import { UserProject } from "../../harness/user-project.ts";
import { useEmulator } from "../support/emulator.ts";
import { main, projectFiles } from "../support/reports.ts";

const program = `
import * as aidp from "pulumi-ai-data-platform";
new aidp.Batch("signs", { name: "vision-signs-2026-12" });
`;

// What docs/pulumi-cloud.md says.
describe("OpenTelemetry traces of the engine", function () {
  this.timeout(180_000);
  const test = useEmulator();
  let project: UserProject;

  before(async () => {
    project = UserProject.linked({ ...projectFiles, "index.ts": program });
    await project.pulumi(test.emulator, "stack", "init", "test");
  });
  after(() => project.remove());

  it("have the calls of the provider, and no key that comes from the environment", async () => {
    const file = `file://${project.folder}/traces.json`;
    const args = ["up", "--yes", "--skip-preview", "--otel-traces", file];
    await project.pulumi(test.emulator, ...args);
    const traces = project.read("traces.json");
    assert.match(traces, /"pulumirpc\.ResourceProvider\/Create"/);
    assert.ok(!traces.includes(test.emulator.apiKey));
  });

  it("are made for `aidp` too, by a variable", async () => {
    const { code, stderr } = await project.run(
      test.emulator,
      "node",
      [main, "drift", "--stack", "test"],
      {
        PULUMI_OPTION_OTEL_TRACES: `file://${project.folder}/drift.json`,
        TRACEPARENT: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        OTEL_RESOURCE_ATTRIBUTES: "team=vision",
      },
    );
    assert.equal(code, 0, stderr);
    const traces = project.read("drift.json");
    assert.match(traces, /"pulumirpc\.ResourceProvider\/Read"/);
    assert.match(traces, /"traceId":"0af7651916cd43dd8448eb211c80319c"/);
    assert.match(traces, /"key":"team","value":\{"stringValue":"vision"\}/);
  });
});
