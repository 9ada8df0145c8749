import assert from "node:assert/strict";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as aidp from "pulumi-ai-data-platform";
import { addFault, clearFaults, clientOf, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";

/** An address where nothing listens: a port that was just free. */
async function closedAddress(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return `http://127.0.0.1:${port}/api/v1`;
}

describe("failures on a real engine", function () {
  this.timeout(120_000);
  const other = useEmulator();
  let stack: TestStack;

  beforeEach(async () => {
    stack = await TestStack.create(environmentOf(other.emulator));
  });
  afterEach(async () => {
    stack.remove();
  });

  const oneItem = async () => {
    new aidp.WorkItem("item", { assetUrl: "https://p.example/1.jpg" });
  };

  async function liveItems() {
    const { workItems } = await storeOf(other.emulator);
    return workItems.filter(({ status }) => status !== "FAILED");
  }

  it("says which setting is missing", async () => {
    stack.setEnvironment({ AIDP_API_KEY: "", AIDP_PROJECT_ID: "" });
    assert.match(
      await stack.failure(stack.up(oneItem)),
      /projectId is required: pass it, run `pulumi config set aidp:projectId …`, or set AIDP_PROJECT_ID; not set either: aidp:apiKey/,
    );
    stack.setEnvironment({ AIDP_PROJECT_ID: other.emulator.projectId });
    assert.match(
      await stack.failure(stack.up(oneItem)),
      /the API key is missing: run `pulumi config set --secret aidp:apiKey …`, or set AIDP_API_KEY/,
    );
  });

  it("refuses a misspelt setting before anything is created", async () => {
    await stack.setConfig("aidp:projectid", other.emulator.projectId);
    const failure = await stack.failure(stack.up(oneItem));
    await stack.removeConfig("aidp:projectid");
    assert.match(failure, /aidp:projectid is no setting: did you mean aidp:projectId\?/);
    assert.doesNotMatch(failure, /at new|unhandled/);
    assert.deepEqual(stack.resources(), []);
  });

  it("says that the key is wrong, and does not print it", async () => {
    stack.setEnvironment({ AIDP_API_KEY: "a-wrong-key-0123456789" });
    const message = await stack.failure(stack.up(oneItem));
    assert.match(message, /answered 401: .*Check the setting aidp:apiKey, or AIDP_API_KEY/);
    assert.doesNotMatch(message, /a-wrong-key-0123456789/);
    assert.deepEqual(stack.resources(), []);
  });

  it("keeps the state when a wrong key makes a refresh or a destroy impossible", async () => {
    await stack.up(oneItem);
    stack.setEnvironment({ AIDP_API_KEY: "a-wrong-key-0123456789" });
    assert.match(await stack.failure(stack.refresh(oneItem)), /answered 401/);
    assert.match(await stack.failure(stack.destroy()), /answered 401/);
    assert.equal(stack.resources().length, 1);
    stack.setEnvironment(environmentOf(other.emulator));
    await stack.destroy();
    assert.deepEqual(await liveItems(), []);
  });

  it("says that the service cannot be reached", async () => {
    stack.setEnvironment({ AIDP_BASE_URL: await closedAddress() });
    assert.match(
      await stack.failure(stack.up(oneItem)),
      /did not reach the service \(ECONNREFUSED\)\. Check aidp:baseUrl, or AIDP_BASE_URL, and the network/,
    );
  });

  it("says how to adopt a batch whose name is taken, and adopts it", async () => {
    const client = clientOf(other.emulator);
    const made = await client.batches.create(other.emulator.projectId, { name: "made by hand" });
    const program = (adopt: boolean) => async () => {
      new aidp.Batch("batch", { name: "made by hand", metadata: { owner: "me" }, adopt });
    };
    assert.match(
      await stack.failure(stack.up(program(false))),
      new RegExp(`name "made by hand" is taken: batch ${made.id} of project .*adopt: true`),
    );
    await stack.up(program(true));
    assert.equal(stack.resource("batch").outputs.batchId, made.id);
    const { batches } = await storeOf(other.emulator);
    assert.deepEqual(
      batches.filter(({ name }) => name === "made by hand").map(({ metadata }) => metadata),
      [{ owner: "me" }],
    );
    assert.deepEqual((await stack.preview(program(false))).changes, { same: 2 });
  });

  it("keeps a batch that was created when its metadata could not be set, and finishes it next time", async () => {
    const program = async () => {
      new aidp.Batch("batch", { name: "half done", metadata: { owner: "me" } });
    };
    await addFault(other.emulator, {
      operation: "updateBatch",
      status: 400,
      body: { error: { message: "not today" } },
    });
    assert.match(await stack.failure(stack.up(program)), /answered 400: not today/);
    assert.equal(stack.resources().length, 1);

    await stack.up(program);
    const { batches } = await storeOf(other.emulator);
    assert.deepEqual(
      batches.filter(({ name }) => name === "half done").map(({ metadata }) => metadata),
      [{ owner: "me" }],
    );
    assert.deepEqual((await stack.preview(program)).changes, { same: 2 });
    await stack.destroy();
  });

  it("creates each item once when the connection breaks after the service did the work", async () => {
    await addFault(other.emulator, { operation: "createWorkItem", reset: "after", times: 1 });
    await stack.up(oneItem);
    assert.equal((await liveItems()).length, 1);
    await stack.destroy();
  });

  it("adopts what an update created whose state was lost", async () => {
    const before = await stack.exportState();
    await stack.up(oneItem);
    const [item] = await liveItems();
    await stack.importState(before);
    assert.deepEqual(stack.resources(), [], "the state knows nothing of the item");

    await stack.up(oneItem);
    assert.deepEqual(
      (await liveItems()).map(({ id }) => id),
      [item?.id],
    );
    await stack.destroy();
  });

  it("lets no secret into state, output or messages", async () => {
    const { apiKey } = other.emulator;
    stack.setEnvironment({ AIDP_API_KEY: "" });
    await stack.setConfig("aidp:apiKey", apiKey, true);
    writeFileSync(join(stack.folder, "photo.jpg"), "bytes");
    const program = async () => {
      const upload = new aidp.SignedUpload("photo", { source: "photo.jpg" });
      new aidp.WorkItem("item", {
        assetUrl: upload,
        metadata: { customer: pulumi.secret("confidential-customer") },
      });
    };
    await addFault(other.emulator, { operation: "putFile", status: 400, times: 1 });
    const message = await stack.failure(stack.up(program));
    assert.match(message, /PUT http:\/\/127\.0\.0\.1:\d+\/_files\/\S+ answered 400/);
    const { stdout } = await stack.up(program);
    const preview = await stack.preview(program);
    // The SDK's own debug lines, which are shown to nobody by default, repeat every value.
    const shown = preview.events.filter(
      ({ diagnosticEvent }) => String(diagnosticEvent?.severity) !== "debug",
    );

    const written = readdirSync(join(stack.folder, "state"), {
      recursive: true,
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"));
    for (const text of [message, stdout, preview.stdout, JSON.stringify(shown), ...written]) {
      for (const secret of [apiKey, "confidential-customer", "signature="]) {
        assert.ok(!text.includes(secret), `${secret} is in ${text.slice(0, 200)}`);
      }
    }
    const [item] = (await liveItems()).slice(-1);
    assert.equal(item?.metadata?.customer, "confidential-customer", "the platform gets the value");
    await stack.destroy();
  });

  it("keeps what exists of a set whose state is larger than a message of failure may be", async () => {
    const notes = "a long note, ".repeat(8_000);
    const secret = pulumi.secret("the-secret-note");
    const program = async () => {
      const items = Object.fromEntries(
        Array.from({ length: 130 }, (_, index) => [
          `item-${index}`,
          {
            assetUrl: `https://p.example/${index}.jpg`,
            metadata: index === 0 ? { notes, secret } : { notes },
          },
        ]),
      );
      new aidp.WorkItemSet("large", { items });
    };
    const fault = { operation: "createWorkItem", status: 400, skip: 100, times: 1 };
    await addFault(other.emulator, fault);
    assert.match(await stack.failure(stack.up(program)), /"item-\d+": POST \S+ answered 400/);
    const made = (await liveItems()).filter(({ metadata }) => metadata?.notes === notes);
    assert.equal(made.length, 129);
    const { ids } = stack.resource("large").outputs;
    for (const { id } of made) {
      assert.ok(String(ids).includes(id), `${id} is not in the state`);
    }
    assert.doesNotMatch(stack.stateText(), /the-secret-note/);
    await clearFaults(other.emulator);
    await stack.up(program);
    const live = (await liveItems()).filter(({ metadata }) => metadata?.notes === notes);
    assert.equal(live.length, 130);
    assert.ok(made.every(({ id }) => live.some((item) => item.id === id)));
    assert.doesNotMatch(stack.stateText(), /the-secret-note/);
    await stack.destroy();
    const { workItems } = await storeOf(other.emulator);
    assert.ok(
      workItems.every(
        ({ id, status }) => !live.some((item) => item.id === id) || status === "FAILED",
      ),
    );
  });
});
