import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { compileContract } from "../../../emulator/http/contract.ts";
import { assertError, useRawApi } from "../support.ts";

type Operations = Record<string, Record<string, { operationId?: string; summary?: string }>>;

async function readDocument(name: string) {
  return parse(await readFile(new URL(`../../../emulator/${name}`, import.meta.url), "utf8"));
}

describe("emulator: contract", () => {
  const test = useRawApi();

  it("describes the thirteen of the published page and the four of exports, and faults know each of them", async () => {
    const { paths } = (await readDocument("openapi.yaml")) as { paths: Operations };
    const operations = Object.values(paths)
      .flatMap((path) => Object.values(path))
      .filter(({ operationId }) => operationId !== undefined);
    const ofExports = operations.filter(({ operationId }) => /Exports?$/.test(operationId!));
    assert.deepEqual([operations.length, ofExports.length], [17, 4]);
    const { components } = await readDocument("control/control.yaml");
    assert.deepEqual(
      new Set(components.schemas.Fault.properties.operation.enum),
      new Set(["*", "putFile", "getFile", ...operations.map(({ operationId }) => operationId)]),
    );
  });

  for (const name of ["openapi.yaml", "control/control.yaml"]) {
    it(`is valid OpenAPI in ${name}`, async () => {
      await compileContract(new URL(`../../../emulator/${name}`, import.meta.url), "/", true);
    });
  }

  it("answers 500 when its own response breaks the document", async () => {
    const { id } = await test.createBatch("broken");
    test.emulator.store.batches.update(id, "", {});
    const answer = await test.call("GET", `${test.project}/batches`);
    assertError(answer, 500, "INTERNAL", /200 response of listBatches is not valid: items.1.name/);
  });
});
