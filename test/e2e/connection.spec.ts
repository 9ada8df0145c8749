import assert from "node:assert/strict";
import { join } from "node:path";
import { connect } from "../../cli/connection.ts";
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

  const connected = (name: string) =>
    connect({
      stack: name,
      cwd: stack.folder,
      project: undefined,
      space: undefined,
      concurrency: undefined,
    });

  it("decrypts the key, and takes the stack's settings before the environment's", async () => {
    const { url, apiKey, projectId, spaceId } = test.emulator;
    await stack.setConfig("aidp:apiKey", apiKey, true);
    await stack.setConfig("aidp:baseUrl", url);
    await stack.setConfig("aidp:projectId", projectId);
    await stack.setConfig("aidp:spaceId", spaceId);
    const { client, ...place } = await connected("test");
    assert.deepEqual(place, { baseUrl: url, projectId, spaceId });
    assert.equal((await client.projects.list(spaceId))[0]?.id, projectId);
  });

  it("says in one line which stack there is not", async () => {
    const { message } = await errorOf(connected("prod"), Refusal);
    assert.match(message, /^no stack named 'prod' found$/);
  });
});
