import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { addFault, clearFaults, clientOf, storeOf } from "../../harness/emulator.ts";
import { environmentOf } from "../../harness/engine.ts";
import { allDeclarations } from "../support/declarations.ts";
import { useEmulator } from "../support/emulator.ts";
import { TestStack } from "../support/stack.ts";
import { isAll } from "../support/tier.ts";
import { unmarked } from "../support/unmarked.ts";

/** An address where nothing listens: a port that was just free. */
/** Nobody listens on this port: programs that take any free one take none below 1024. */
const closedAddress = "http://127.0.0.1:2/api/v1";

for (const declare of allDeclarations) {
  describe(`failures on a real engine, with ${declare.name}`, function () {
    this.timeout(120_000);
    const other = useEmulator();
    let stack: TestStack;

    before(async () => {
      stack = await TestStack.create(environmentOf(other.emulator));
    });
    after(() => stack.remove());
    afterEach(() => stack.setEnvironment(environmentOf(other.emulator)));

    const item = (name: string) => {
      new declare.WorkItem(name, { assetUrl: `https://p.example/${name}.jpg` });
    };
    const oneItem = async () => item("one");

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

    it("creates an item once when the connection breaks after the work, and adopts it when the state is lost", async () => {
      await addFault(other.emulator, { operation: "createWorkItem", reset: "after", times: 1 });
      const before = stack.stateText();
      await stack.up(oneItem);
      const made = await liveItems();
      assert.equal(made.length, 1);

      stack.writeState(before);
      assert.deepEqual(stack.resources(), [], "the state knows nothing of the item");
      await stack.up(oneItem);
      assert.deepEqual(
        (await liveItems()).map(({ id }) => id),
        made.map(({ id }) => id),
      );
      assert.equal(stack.resource("one").outputs.workItemId, made[0]?.id);
    });

    it("says that the key is wrong without printing it, and keeps the state where it cannot refresh or destroy", async () => {
      stack.setEnvironment({ AIDP_API_KEY: "a-wrong-key-0123456789" });
      const twoItems = async () => {
        await oneItem();
        item("two");
      };
      const message = await stack.failure(stack.up(twoItems));
      assert.match(message, /answered 401: .*Check the setting aidp:apiKey, or AIDP_API_KEY/);
      assert.doesNotMatch(message, /a-wrong-key-0123456789/);
      assert.match(await stack.failure(stack.refresh(oneItem)), /answered 401/);
      assert.match(await stack.failure(stack.destroy()), /answered 401/);
      assert.equal(stack.resources().length, 1);
      assert.equal((await liveItems()).length, 1);
    });

    it("says that the service cannot be reached", async () => {
      stack.setEnvironment({ AIDP_BASE_URL: closedAddress });
      const another = async () => {
        await oneItem();
        item("another");
      };
      assert.match(
        await stack.failure(stack.up(another)),
        /did not reach the service \(ECONNREFUSED\)\. Check aidp:baseUrl, or AIDP_BASE_URL, and the network/,
      );
    });

    it("says how to adopt a batch whose name is taken, and keeps one that was made in part: the next update does both", async () => {
      const client = clientOf(other.emulator);
      const made = await client.batches.create(other.emulator.projectId, { name: "made by hand" });
      const program = (adopt: boolean) => async () => {
        await oneItem();
        new declare.Batch("taken", { name: "made by hand", metadata: { owner: "me" }, adopt });
        new declare.Batch("half", { name: "half done", metadata: { owner: "me" } });
      };
      const body = { error: { message: "not today" } };
      await addFault(other.emulator, { operation: "updateBatch", status: 400, body });
      const message = await stack.failure(stack.up(program(false)));
      assert.match(
        message,
        new RegExp(`name "made by hand" is taken: batch ${made.id} of project .*adopt: true`),
      );
      assert.match(message, /answered 400: not today/);
      assert.deepEqual(
        stack
          .resources()
          .map(({ urn }) => urn.split("::").at(-1))
          .sort(),
        ["half", "one"],
      );

      await stack.up(program(true));
      assert.equal(stack.resource("taken").outputs.batchId, made.id);
      const { batches } = await storeOf(other.emulator);
      assert.deepEqual(
        batches.map((batch) => [batch.name, unmarked(batch)]),
        [
          ["Default", {}],
          ["made by hand", { owner: "me" }],
          ["half done", { owner: "me" }],
        ],
      );
      assert.deepEqual((await stack.preview(program(false))).changes, { same: 4 });
    });

    it("lets no secret into state, output or messages", async () => {
      const { apiKey } = other.emulator;
      stack.setEnvironment({ AIDP_API_KEY: "" });
      await stack.setConfig("aidp:apiKey", apiKey, true);
      writeFileSync(join(stack.folder, "photo.txt"), "bytes");
      const program = async () => {
        const upload = new declare.SignedUpload("photo", { source: "photo.txt" });
        new declare.WorkItem("item", {
          assetUrl: upload.path,
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
      const [last] = (await liveItems()).slice(-1);
      assert.equal(
        last?.metadata?.customer,
        "confidential-customer",
        "the platform gets the value",
      );
      await stack.removeConfig("aidp:apiKey");
    });

    // How small it gets is told in test/provider/pulumi/packing.spec.ts.
    it("keeps what exists of a set whose state goes into a message of failure compressed", async function () {
      if (!isAll) {
        this.skip();
      }
      const notes = "a long note, ".repeat(80);
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
        new declare.WorkItemSet("large", { items });
      };
      const fault = { operation: "createWorkItem", status: 400, skip: 100, times: 1 };
      await addFault(other.emulator, fault);
      assert.match(await stack.failure(stack.up(program)), /"item-\d+": POST \S+ answered 400/);
      const made = (await liveItems()).filter(({ metadata }) => metadata?.notes === notes);
      assert.equal(made.length, 129);
      const { ids } = stack.resource("large").outputs;
      for (const { id } of made) {
        assert.ok(JSON.stringify(ids).includes(id), `${id} is not in the state`);
      }
      assert.doesNotMatch(stack.stateText(), /the-secret-note/);
      await clearFaults(other.emulator);
      await stack.up(program);
      const live = (await liveItems()).filter(({ metadata }) => metadata?.notes === notes);
      assert.equal(live.length, 130);
      assert.ok(made.every(({ id }) => live.some((item) => item.id === id)));
      assert.doesNotMatch(stack.stateText(), /the-secret-note/);
      await stack.destroy();
      assert.deepEqual(await liveItems(), []);
    });
  });
}
