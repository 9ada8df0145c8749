import assert from "node:assert/strict";
import { Client } from "../../../provider/api/client.ts";
import { readConfiguration } from "../../../provider/pulumi/configuration.ts";
import { useRawServer } from "../../support/raw-server.ts";

const read = (routes: string) =>
  readConfiguration((key) => (key === "aidp:routes" ? routes : undefined), {}).routes;

describe("provider: routes", () => {
  const server = useRawServer();

  function clientWith(routes: string): Client {
    server.answersJson("{}");
    return new Client({ apiKey: "key", baseUrl: `${server.origin}/api/v1`, routes: read(routes) });
  }

  it("sends an overridden operation where the setting says, and the others where they were", async () => {
    const client = clientWith('{"setLabels":"POST /v2/items/{workItemId}/of/{projectId}"}');
    await client.workItems.setLabels("the project", "the/item", []);
    await client.signals.sendMany("p", "cancel", []);
    assert.deepEqual(
      server.received.map(({ method, url }) => `${method} ${url}`),
      [
        "POST /api/v1/v2/items/the%2Fitem/of/the%20project",
        "POST /api/v1/projects/p/workItems/signal",
      ],
    );
  });

  it("keeps what is known of the operation: a creation is not sent twice whatever its route", async () => {
    const client = clientWith('{"createBatch":"PUT /batches"}');
    server.answersJson("{}", 500);
    await assert.rejects(client.batches.create("p", { name: "n" }));
    assert.deepEqual(
      server.received.map(({ method, url }) => `${method} ${url}`),
      ["PUT /api/v1/batches"],
    );
  });

  for (const status of [404, 405, 501]) {
    it(`says of ${status} that the route is inferred, and how to correct it`, async () => {
      server.answersJson("{}", status);
      const client = new Client({ apiKey: "key", baseUrl: `${server.origin}/api/v1` });
      const inferred =
        /The route of setLabels is inferred.* than PUT \/projects\/p\/workItems\/w\/labels, set aidp:routes, or AIDP_ROUTES, to \{"setLabels": "METHOD \/path"\}$/;
      await assert.rejects(client.workItems.setLabels("p", "w", []), { message: inferred });
    });

    it(`says nothing of it of ${status} where the vendor's client or the user tells the route`, async () => {
      const client = clientWith('{"setLabels":"POST /labels"}');
      server.answersJson("{}", status);
      const isQuiet = ({ message }: Error) => !/inferred/.test(message);
      await assert.rejects(client.workItems.setLabels("p", "w", []), isQuiet);
      await assert.rejects(Array.fromAsync(client.workItems.list("p")), isQuiet);
    });
  }

  const refused: [string, RegExp][] = [
    ["{setLabels}", /^aidp:routes must be JSON like \{"setLabels":"POST \/projects\/…"\}; run /],
    [
      '{"relabel":"POST /labels"}',
      /^aidp:routes has no operation relabel; the operations are createUploadUrls, .*deleteExport$/,
    ],
    ['{"setLabels":1}', /^aidp:routes\.setLabels must be text$/],
    [
      '{"setLabels":"/labels"}',
      /^aidp:routes\.setLabels must look like "POST \/projects\/\{projectId\}\/batches"$/,
    ],
    ['{"setLabels":"post /labels"}', /^aidp:routes\.setLabels must look like/],
    ['{"setLabels":"POST labels"}', /^aidp:routes\.setLabels must look like/],
    ["[]", /^aidp:routes .*object/],
    // The vendor writes the parameters like this; sent as they are, every request would be a 404.
    ['{"setLabels":"PUT /workItems/{workItemID}"}', /^aidp:routes\.setLabels .*workItemID/],
  ];
  for (const [routes, message] of refused) {
    it(`refuses ${routes}`, () => {
      assert.throws(() => read(routes), { message });
    });
  }
});
