import assert from "node:assert/strict";
import { openClient } from "../../../provider/pulumi/clients.ts";

describe("provider: clients", () => {
  const configuration = {
    apiKey: "k",
    baseUrl: "https://api.example",
    allowHttp: false,
    spaceId: undefined,
    projectId: "one",
    routes: {},
    concurrency: 4,
    requestsPerSecond: undefined,
    progress: false,
    provenance: false,
    entriesShown: 2_000,
    effort: undefined,
  };

  it("are one for a configuration, so that one limiter counts the requests of a process", () => {
    const same = { ...configuration, projectId: "another", routes: {}, progress: true };
    assert.equal(openClient(configuration), openClient(same));
    assert.notEqual(openClient(configuration), openClient({ ...configuration, apiKey: "other" }));
  });
});
