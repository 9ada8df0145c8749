import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { connect } from "../../cli/connection.ts";
import { defaultBaseUrl } from "../../provider/api/connection.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { useEmulator } from "../support/emulator.ts";
import { errorOf } from "../support/errors.ts";
import { TestStack } from "../support/stack.ts";

describe("the connection of a command to what a stack says", function () {
  this.timeout(120_000);
  const test = useEmulator();
  const kept = { ...process.env };
  let stack: TestStack;
  before(async () => {
    stack = await TestStack.create({});
    Object.assign(process.env, {
      PULUMI_BACKEND_URL: `file://${join(stack.folder, "state")}`,
      PULUMI_HOME: join(stack.folder, "home"),
      PULUMI_CONFIG_PASSPHRASE: "test",
      AIDP_API_KEY: "another-key",
    });
  });
  after(() => {
    process.env = kept;
    stack.remove();
  });

  const connected = (name?: string, project?: string) =>
    connect(
      { stack: name, cwd: stack.folder, project, space: undefined, concurrency: undefined },
      "projectId",
    );

  it("says what is missing on the stack, and where", async () => {
    delete process.env.AIDP_API_KEY;
    const { message } = await errorOf(connected("test"), Refusal);
    process.env.AIDP_API_KEY = "another-key";
    assert.equal(
      message,
      "the API key and projectId are missing on the stack test: pass --project, run `pulumi config set --secret aidp:apiKey …` and `pulumi config set aidp:projectId …`, or set AIDP_API_KEY and AIDP_PROJECT_ID; not set either: aidp:spaceId",
    );
  });

  it("decrypts the key, and takes the stack's settings before the environment's", async () => {
    const { url, apiKey, projectId, spaceId } = test.emulator;
    await stack.setConfig("aidp:apiKey", apiKey, true);
    await stack.setConfig("aidp:baseUrl", url);
    await stack.setConfig("aidp:projectId", projectId);
    await stack.setConfig("aidp:spaceId", spaceId);
    const { client, ...opened } = await connected("test");
    const expected = { baseUrl: url, projectId, spaceId, stackProjectId: projectId };
    assert.deepEqual(opened, { ...expected, apiKey, routes: {} });
    assert.equal((await client.projects.list(spaceId))[0]?.id, projectId);
  });

  it("takes the selected stack where the environment has not all", async () => {
    const { projectId } = test.emulator;
    assert.equal((await connected()).projectId, projectId);
    const { baseUrl } = await connected(undefined, projectId);
    assert.equal(baseUrl, defaultBaseUrl);
  });

  it("refuses a misspelt setting of the stack", async () => {
    await stack.setConfig("aidp:spaceID", test.emulator.spaceId);
    const { message } = await errorOf(connected("test"), Refusal);
    await stack.removeConfig("aidp:spaceID");
    assert.match(message, /^aidp:spaceID is no setting: did you mean aidp:spaceId\?/);
  });

  it("names both ways where no stack is selected", async () => {
    rmSync(join(stack.folder, "home/workspaces"), { recursive: true });
    const { message } = await errorOf(connected(), Refusal);
    assert.equal(
      message,
      "no stack is selected: name one with --stack; without a stack, set AIDP_API_KEY and AIDP_PROJECT_ID",
    );
  });

  it("says in one line which stack there is not", async () => {
    const { message } = await errorOf(connected("prod"), Refusal);
    assert.match(message, /^no stack named 'prod' found$/);
  });
});
