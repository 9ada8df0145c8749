import assert from "node:assert/strict";
import { explainError } from "../../../report/engine/stack.ts";

const failed = (stderr: string) =>
  new Error(`code: -2\n stdout: \n stderr: ${stderr}\n err?: Error: ${stderr}\n`);

describe("report: why there is none", () => {
  it("is the engine's own error, or the last line of a command that failed", () => {
    assert.equal(
      explainError(failed("warning: old\nerror: no stack named 'prod' found")),
      "no stack named 'prod' found",
    );
    assert.equal(
      explainError(
        failed("Command failed: pulumi version\nDownloading pulumi…\npulumi: fetch failed"),
      ),
      "pulumi: fetch failed",
    );
    assert.match(explainError(new Error("spawn pulumi ENOENT")), /^pulumi is not on the PATH/);
    assert.equal(explainError(new Error("boom\nat once")), "boom");
  });
});
