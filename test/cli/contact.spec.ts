import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Contract, describeFindings } from "../../cli/contact/findings.ts";
import { writeIssue } from "../../cli/contact/report.ts";
import { Walk } from "../../cli/contact/walk.ts";
import { Wire } from "../../cli/contact/wire.ts";
import { dialects } from "../../emulator/dialects/table.ts";
import { type Emulator, startEmulator } from "../../emulator/server.ts";
import { changeSettings, storeOf } from "../../harness/emulator.ts";
import { routeTable } from "../../provider/api/routes.ts";
import { triedDialects } from "../support/dialects.ts";
import { useShortWaits } from "../support/short-waits.ts";

/** Two items cannot tell these. */
const untold = ["unordered", "short-pages"];
/** Routes that are looked for elsewhere; others never are. */
const found: Record<string, string> = {
  "route-list-projects": "listProjects",
  "route-get-project": "getProject",
  "route-create-upload-urls": "createUploadUrls",
};

describe("cli: contact", () => {
  useShortWaits();
  let emulator: Emulator;
  let dataDir: string;

  const walked = async (name?: string): Promise<Contract> => {
    dataDir = mkdtempSync(join(tmpdir(), "aidp-contact-"));
    emulator = await startEmulator({ dataDir, ...(name !== undefined && { dialects: [name] }) });
    const { url, apiKey, spaceId, projectId } = emulator;
    const wire = new Wire(url, apiKey, routeTable());
    const walk = new Walk(wire, { spaceId, projectId }, (step) => {
      // So that deadlines come nearer between two looks.
      if (step.startsWith("makes two")) {
        setTimeout(() => changeSettings(emulator, { clockAheadMs: 5_000 }), 40);
      }
    });
    await walk.refuseUsed();
    await walk.run();
    return walk.findings.contract(new URL(url).origin);
  };
  afterEach(async () => {
    await emulator.close();
    rmSync(dataDir, { recursive: true });
  });

  it("finds nothing where the service is as the emulator, and leaves no open work", async () => {
    const contract = await walked();
    assert.deepEqual([contract.dialects, contract.problems, contract.routes], [[], [], {}]);
    assert.deepEqual([...new Set(Object.values(contract.operations))], ["answered"]);
    const { workItems } = await storeOf(emulator);
    assert.deepEqual(
      workItems.map(({ status }) => status),
      ["FAILED", "FAILED"],
    );
    const text = JSON.stringify(contract) + writeIssue(contract);
    for (const secret of [emulator.apiKey, emulator.projectId, emulator.spaceId]) {
      assert.ok(!text.includes(secret));
    }
    assert.ok(!writeIssue(contract).includes(contract.address));
  });

  it("refuses a project with work items", async () => {
    await walked();
    const { url, apiKey, spaceId, projectId } = emulator;
    const wire = new Wire(url, apiKey, routeTable());
    const walk = new Walk(wire, { spaceId, projectId }, () => {});
    await assert.rejects(walk.refuseUsed(), /the project has work items: use one that is empty/);
  });

  for (const name of triedDialects.filter((each) => !untold.includes(each))) {
    it(`finds ${name}`, async () => {
      const contract = await walked(name);
      const { routes = {} } = dialects[name] ?? {};
      const [operation] = Object.keys(routes);
      if (operation === undefined) {
        assert.deepEqual(contract.dialects, [name]);
      } else if (found[name] !== undefined) {
        assert.deepEqual(Object.keys(contract.routes), [operation]);
      } else {
        assert.equal(
          contract.operations[operation as keyof typeof contract.operations],
          "not there",
        );
        assert.ok(
          describeFindings(contract).some(({ isBad, text }) => isBad && text.includes(operation)),
        );
      }
    });
  }
});
