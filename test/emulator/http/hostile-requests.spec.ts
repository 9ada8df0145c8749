import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc, { type Arbitrary } from "fast-check";
import { parse } from "yaml";
import { casesOf } from "../../support/tier.ts";
import { invalid, type Schema, valid } from "../schema-values.ts";
import { useRawApi } from "../support.ts";

interface Parameter {
  name: string;
  in: "path" | "query";
  schema: Schema;
}

/** An operation of a document, its references resolved. */
interface Operation {
  id: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
}

interface Request {
  params: Record<string, string>;
  query: [name: string, value: string][];
  body: unknown;
}

async function operationsOf(fileName: string): Promise<Operation[]> {
  const url = new URL(`../../../emulator/${fileName}`, import.meta.url);
  const document = parse(await readFile(url, "utf8"));
  // biome-ignore lint/suspicious/noExplicitAny: a YAML document of any shape
  const resolve = (node: any): any => {
    if (typeof node !== "object" || node === null) {
      return node;
    }
    if (typeof node.$ref === "string") {
      const steps = node.$ref.slice(2).split("/");
      return resolve(steps.reduce((at: typeof node, step: string) => at[step], document));
    }
    const entries = Object.entries(node).map(([key, each]) => [key, resolve(each)]);
    return Array.isArray(node) ? node.map(resolve) : Object.fromEntries(entries);
  };
  return Object.entries<Record<string, unknown>>(resolve(document.paths)).flatMap(
    ([path, { parameters: shared = [], ...methods }]) =>
      // biome-ignore lint/suspicious/noExplicitAny: see above
      Object.entries<any>(methods).map(([method, operation]) => ({
        id: operation.operationId,
        method: method.toUpperCase(),
        path,
        parameters: [...(shared as Parameter[]), ...(operation.parameters ?? [])],
        body: operation.requestBody?.content["application/json"].schema,
      })),
  );
}

/** A parameter's value as text. A query takes a list as repeated keys. */
const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).map((each) =>
    typeof each === "string" ? each : JSON.stringify(each),
  );

/** Texts that become none of the values of a parameter's schema. */
function wrongText({ in: place, schema }: Parameter): Arbitrary<string> {
  const { items = schema } = schema;
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = items;
  const wrong = invalid(items)
    .filter((value) => typeof value !== "boolean" && value !== null)
    .map((value) => textsOf(value).join("/"))
    // A text may read as a number that is allowed.
    .filter((text) => {
      const number = Number(text);
      return !(
        items.type === "integer" &&
        Number.isInteger(number) &&
        number >= minimum &&
        number <= maximum
      );
    });
  return place === "path" ? wrong.filter((text) => !/^\.{0,2}$/.test(text)) : wrong;
}

const operations = await operationsOf("openapi.yaml");
const controls = await operationsOf("control/control.yaml");
/** How many requests are drawn for each operation and kind. */
const numRuns = casesOf(40);

describe("emulator: requests that nobody expects", () => {
  const test = useRawApi();
  let ids: Record<string, string>;
  before(async () => {
    const { spaceId: spaceID, projectId: projectID } = test.emulator;
    const { id: workItemID, batchId } = await test.createItem();
    const made = await test.call("POST", `${test.space}/exports`, { name: "a", format: "CSV" });
    ids = { spaceID, projectID, workItemID, batchID: batchId, exportId: made.body.exportId };
  });

  /** A request that is as the document says. */
  function good({ parameters, body }: Operation): Arbitrary<Request> {
    const of = (place: string) => parameters.filter((parameter) => parameter.in === place);
    // Ids that exist, so that a request gets further than its path.
    const params = of("path").map(({ name, schema }) => [
      name,
      fc.oneof(
        { weight: 9, arbitrary: fc.constant(name).map(() => String(ids[name])) },
        valid(schema).map(String),
      ),
    ]);
    const query = of("query").map(({ name, schema }) => [name, valid(schema).map(textsOf)]);
    return fc.record({
      params: fc.record(Object.fromEntries(params)) as Arbitrary<Record<string, string>>,
      query: fc
        .record(Object.fromEntries(query) as Record<string, Arbitrary<string[]>>, {
          requiredKeys: [],
        })
        .map((byName) =>
          Object.entries(byName).flatMap(([name, texts]) =>
            (texts ?? []).map((text): [string, string] => [name, text]),
          ),
        ),
      body: body === undefined ? fc.constant(undefined) : valid(body),
    });
  }

  /** A request with one thing wrong. */
  function bad(operation: Operation): Arbitrary<Request> {
    const { parameters, body } = operation;
    const ways = parameters.map((parameter) =>
      fc
        .tuple(good(operation), wrongText(parameter))
        .map(([request, text]) =>
          parameter.in === "path"
            ? { ...request, params: { ...request.params, [parameter.name]: text } }
            : { ...request, query: [[parameter.name, text] as [string, string]] },
        ),
    );
    ways.push(good(operation).map((request) => ({ ...request, query: [["unknown", "1"]] })));
    if (body !== undefined) {
      ways.push(
        fc
          .tuple(good(operation), invalid(body))
          .map(([request, wrong]) => ({ ...request, body: wrong })),
      );
    }
    return fc.oneof(...ways);
  }

  async function send({ method, path }: Operation, root: string, request: Request) {
    const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
      encodeURIComponent((request.params[name] ?? "").toWellFormed()),
    );
    const query = new URLSearchParams(request.query);
    const response = await fetch(`${test.emulator.origin}${root}${filled}?${query}`, {
      method,
      headers: { "x-api-key": test.emulator.apiKey, "content-type": "application/json" },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    return { status: response.status, text };
  }

  function assertRefusal({ status, text }: { status: number; text: string }): void {
    assert.ok(status >= 400 && status < 500, `${status} ${text}`);
    const { error, ...others } = JSON.parse(text);
    assert.deepEqual(others, {});
    const { code, message, details: _, ...more } = error;
    assert.deepEqual([typeof code, typeof message, more], ["string", "string", {}]);
  }

  for (const [root, all] of [
    ["/api/v1", operations],
    ["/_emulator", controls],
  ] as const) {
    for (const operation of all) {
      it(`${operation.id}: what the document does not allow is a 4xx`, () =>
        fc.assert(
          fc.asyncProperty(bad(operation), async (request) => {
            assertRefusal(await send(operation, root, request));
          }),
          { numRuns },
        ));

      it(`${operation.id}: what it allows is an answer of the document, never a 5xx`, () =>
        fc.assert(
          fc.asyncProperty(good(operation), async (request) => {
            const answer = await send(operation, root, request);
            if (answer.status >= 300) {
              assertRefusal(answer);
            }
          }),
          { numRuns },
        ));
    }
  }
});
