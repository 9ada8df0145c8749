import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import yargs from "yargs";
import { type Connection, connect, connectionOptions } from "../../cli/connection.ts";
import { environmentOf } from "../../harness/engine.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { settings } from "../../provider/lifecycle/settings.ts";
import { useEmulator } from "../support/emulator.ts";
import { keepEnvironment } from "../support/environment.ts";
import { errorOf } from "../support/errors.ts";

const otherUuid = "a3bb189e-8bf9-4888-9912-ace4e6543002";
const variables = [...Object.values(settings), "PULUMI_STACK"];

describe("cli: the connection without a stack", () => {
  const test = useEmulator();
  keepEnvironment(...variables);
  beforeEach(() => {
    for (const name of variables) {
      delete process.env[name];
    }
    Object.assign(process.env, environmentOf(test.emulator));
  });

  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "aidp-connection-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** In a folder that is no Pulumi project. */
  const connected = async (...args: string[]): Promise<Connection> =>
    connect(await connectionOptions(yargs(["-C", folder, ...args])).parseAsync(), "projectId");

  it("is what the environment says", async () => {
    const { client, projectId, spaceId } = await connected();
    assert.deepEqual([projectId, spaceId], [test.emulator.projectId, test.emulator.spaceId]);
    assert.equal(client.concurrency, 32);
    assert.equal((await client.projects.list(spaceId!))[0]?.id, projectId);
  });

  it("is what the options say, before that", async () => {
    const options = ["--project", otherUuid, "--space", otherUuid, "--concurrency", "7"];
    const { client, projectId, spaceId } = await connected(...options);
    assert.deepEqual([projectId, spaceId, client.concurrency], [otherUuid, otherUuid, 7]);
  });

  for (const [title, args, without, message] of [
    [
      "no key",
      [],
      "AIDP_API_KEY",
      /^the API key is missing: name a stack with --stack, or set AIDP_API_KEY$/,
    ],
    ["too many at once", ["--concurrency", "1000"], "", /between 1 and 256, got "1000"/],
    ["a folder that is not there", ["-s", "dev", "-C", "no-such"], "", /there is no folder/],
  ] as const) {
    it(`refuses ${title} in one line`, async () => {
      delete process.env[without];
      const { message: said } = await errorOf(connected(...args), Refusal);
      assert.match(said, message);
      assert.doesNotMatch(said, /\n/);
    });
  }

  it("tells at once all that is missing, and what else is not set", async () => {
    delete process.env.AIDP_PROJECT_ID;
    assert.equal(
      (await errorOf(connected(), Refusal)).message,
      "projectId is missing: pass --project, name a stack with --stack, or set AIDP_PROJECT_ID",
    );
    for (const name of variables) {
      delete process.env[name];
    }
    assert.equal(
      (await errorOf(connected(), Refusal)).message,
      "the API key and projectId are missing: pass --project, name a stack with --stack, or set AIDP_API_KEY and AIDP_PROJECT_ID; not set either: aidp:spaceId",
    );
  });

  it("asks no stack where the environment has key and project, in a Pulumi project too", async () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "no project: but asking would tell");
    assert.equal((await connected()).projectId, test.emulator.projectId);
    rmSync(join(folder, "Pulumi.yaml"));
  });
});
