import assert from "node:assert/strict";
import { checkClock, checkPlaces, checkRoutes, type Finding } from "../../cli/doctor/checks.ts";
import { addFault, clientOf, requests, resetRequests } from "../../harness/emulator.ts";
import { routeOverrides } from "../../provider/api/routes.ts";
import { useEmulator } from "../support/emulator.ts";
import { RawServer } from "../support/raw-server.ts";

const other = "a3bb189e-8bf9-4888-9912-ace4e6543002";

describe("aidp doctor: key, space and project", () => {
  const test = useEmulator();

  function places(wrong: { spaceId?: string; projectId?: string; key?: string }) {
    const { origin: baseUrl, projectId, spaceId } = test.emulator;
    const client = clientOf(test.emulator, wrong.key);
    return checkPlaces({ client, baseUrl, projectId, spaceId, ...wrong });
  }

  const results = (findings: Finding[]) => findings.map(({ check, result }) => [check, result]);

  it("are accepted", async () => {
    assert.deepEqual(results(await places({})), [
      ["key", "good"],
      ["space", "good"],
      ["project", "good"],
    ]);
  });

  it("are told apart where the key is wrong, or the space", async () => {
    const [key, ...none] = await places({ key: "wrong" });
    assert.deepEqual([key?.check, key?.result, none], ["key", "bad", []]);
    assert.match(key!.text, /answered 401.*Check the setting aidp:apiKey/);
    const [space, ...others] = await places({ spaceId: other });
    assert.deepEqual([space?.check, space?.result, others], ["space", "bad", []]);
    assert.match(space!.text, /answered 40[34].*aidp:spaceId/);
  });

  it("are told with the projects that there are, where the project is wrong", async () => {
    const findings = await places({ projectId: other });
    const { projectId } = test.emulator;
    assert.deepEqual(results(findings).at(-1), ["project", "bad"]);
    assert.match(findings.at(-1)!.text, new RegExp(`^${other} is set .*\\(${projectId}\\)`));
  });
});

describe("aidp doctor: routes", () => {
  const test = useEmulator();

  it("names each of them, tried or not", async () => {
    const { origin: baseUrl, projectId, spaceId } = test.emulator;
    const client = clientOf(test.emulator);
    const findings = await checkRoutes({ client, baseUrl, projectId, spaceId });
    const named = findings.flatMap(({ check }) => check.replace("route ", "").split(", "));
    // The projects are listed by the check of the key.
    const all = Object.keys(routeOverrides.shape).filter((name) => name !== "listProjects");
    assert.deepEqual(named.sort(), all.sort());
  });

  it("asks the platform for no file that is elsewhere, perhaps behind a signature", async () => {
    const { origin: baseUrl, projectId, spaceId } = test.emulator;
    const client = clientOf(test.emulator);
    const place = { assetUrl: "https://cdn.example/1.jpg?sig=s3cret", assetType: "image" };
    await client.workItems.create(projectId, place);
    await resetRequests(test.emulator);
    const findings = await checkRoutes({ client, baseUrl, projectId, spaceId });
    const found = findings.find(({ check }) => check === "route createReadUrls");
    assert.equal(found?.result, "skipped");
    assert.equal((await requests(test.emulator)).requests.createReadUrls, undefined);
  });
});

describe("aidp doctor: a route", () => {
  const test = useEmulator();

  it("is told that is another one on this platform", async () => {
    await addFault(test.emulator, { operation: "createReadUrls", status: 404, times: 0 });
    const { origin: baseUrl, projectId, spaceId } = test.emulator;
    const client = clientOf(test.emulator);
    await client.workItems.create(projectId, { assetUrl: "signs/1.jpg", assetType: "image" });
    const findings = await checkRoutes({ client, baseUrl, projectId, spaceId });
    const { result, text } = findings.find(({ check }) => check === "route createReadUrls")!;
    assert.equal(result, "bad");
    assert.match(text, /^POST \S+ answered 404.*say so in aidp:routes$/);
  });
});

describe("aidp doctor: the clock", () => {
  const server = new RawServer();
  before(() => server.start());
  after(() => server.stop());

  for (const [offsetMs, result, text] of [
    [-3_600_000, "warning", /^this machine is 3\d\d\d s ahead of the/],
    [3_600_000, "warning", /^this machine is 3\d\d\d s behind the/],
    [0, "good", /^\d s from the platform's$/],
  ] as const) {
    it(`is compared where the platform's is off by ${offsetMs / 1000} s`, async () => {
      server.answers((_request, response) => {
        response.setHeader("date", new Date(Date.now() + offsetMs).toUTCString()).end();
      });
      const finding = await checkClock(server.origin);
      assert.equal(finding.result, result);
      assert.match(finding.text, text);
    });
  }
});
