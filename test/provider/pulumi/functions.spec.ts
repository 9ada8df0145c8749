import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { requests, resetRequests } from "../../../harness/emulator.ts";
import { AuthenticationError, NotFoundError } from "../../../provider/api/errors.ts";
import { getBatch } from "../../../provider/functions/get-batch.ts";
import { getProject, getProjectOutput } from "../../../provider/functions/get-project.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";

const otherUuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";

describe("provider: functions in the program's process", () => {
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));
  beforeEach(() => resetRequests(test.emulator));
  afterEach(() => {
    delete process.env.AIDP_API_KEY;
    delete process.env.AIDP_PROJECT_ID;
  });

  /** The settings without one, or with another value of it. */
  const change = (name: string, value?: string) => {
    const { [`aidp:${name}`]: _, ...others } = settingsOf(test.emulator);
    pulumi.runtime.setAllConfig({
      ...others,
      ...(value !== undefined && { [`aidp:${name}`]: value }),
    });
  };

  it("take from the environment what the stack does not set", async () => {
    pulumi.runtime.setAllConfig({ "aidp:baseUrl": test.emulator.url });
    process.env.AIDP_API_KEY = test.emulator.apiKey;
    process.env.AIDP_PROJECT_ID = test.emulator.projectId;
    assert.equal((await getBatch({ name: "Default" })).projectId, test.emulator.projectId);
  });

  it("take the place that is given before that of the settings", async () => {
    const [, projectId] = test.emulator.tenants[0]!.projectIds;
    assert.equal((await getBatch({ name: "Default", projectId: projectId! })).projectId, projectId);
  });

  const unset: [string, string][] = [
    [
      "apiKey",
      "the API key is missing: run `pulumi config set --secret aidp:apiKey …`, or set AIDP_API_KEY",
    ],
    [
      "projectId",
      "projectId is required: pass it, run `pulumi config set aidp:projectId …`, or set AIDP_PROJECT_ID",
    ],
    [
      "spaceId",
      "spaceId is required: pass it, run `pulumi config set aidp:spaceId …`, or set AIDP_SPACE_ID",
    ],
  ];
  it("say at once what all is not set", async () => {
    pulumi.runtime.setAllConfig({});
    assert.equal(
      (await errorOf(getBatch({ name: "Default" }))).message,
      "getBatch: projectId is required: pass it, run `pulumi config set aidp:projectId …`, or set AIDP_PROJECT_ID; not set either: aidp:apiKey (a secret) and aidp:spaceId",
    );
  });

  it("refuse a misspelt setting, and send nothing", async () => {
    pulumi.runtime.setAllConfig({ ...settingsOf(test.emulator), "aidp:spaceID": otherUuid });
    const { message, stack } = await errorOf(getProject(), pulumi.RunError);
    assert.match(message, /^aidp:spaceID is no setting: did you mean aidp:spaceId\?/);
    assert.equal(stack, "");
    assert.equal((await requests(test.emulator)).total, 0);
  });

  for (const [setting, reason] of unset) {
    it(`say what to do where ${setting} is not set, and send nothing`, async () => {
      change(setting);
      assert.equal((await errorOf(getProject())).message, `getProject: ${reason}`);
      assert.equal((await requests(test.emulator)).total, 0);
    });
  }

  it("say which setting is wrong", async () => {
    change("concurrency", "many");
    const { message } = await errorOf(getProject());
    assert.match(message, /^getProject: aidp:concurrency must be .*, got "many"; run/);
  });

  it("fail with an error that the SDK prints in one line, and keep the cause", async () => {
    const error = await errorOf(getProject({ projectId: otherUuid }));
    assert.ok(pulumi.RunError.isInstance(error));
    assert.equal(error.stack, "");
    assert.ok(error.cause instanceof NotFoundError);
  });

  it("never repeat a key that the platform refuses", async () => {
    change("apiKey", "wrong-key");
    const error = await errorOf(getProject());
    assert.ok(error.cause instanceof AuthenticationError);
    assert.ok(!error.message.includes("wrong-key"), error.message);
    assert.match(
      error.message,
      /^getProject: GET .* answered 401: .*Check the setting aidp:apiKey/,
    );
  });

  it("refuse options that they cannot follow", () => {
    for (const option of ["parent", "provider", "version"]) {
      assert.throws(() => getProjectOutput({}, { [option]: "any" }), {
        message: `getProjectOutput: ${option} is not an option of a function: dependsOn is the only one`,
      });
    }
  });

  it("answer an output that is secret where an argument is", async () => {
    const { projectId } = test.emulator;
    const open = getProjectOutput({ projectId: pulumi.output(projectId) });
    const secret = getProjectOutput({ projectId: pulumi.secret(projectId) });
    assert.deepEqual([await pulumi.isSecret(open), await pulumi.isSecret(secret)], [false, true]);
    const name = await new Promise((resolve) => secret.name.apply(resolve));
    assert.equal(name, "Vehicles");
  });
});
