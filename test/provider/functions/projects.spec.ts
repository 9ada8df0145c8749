import assert from "node:assert/strict";
import { getProject } from "../../../provider/functions/get-project.ts";
import { getProjects } from "../../../provider/functions/get-projects.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";
import { settingsOf, useSettings } from "../../support/settings.ts";

describe("functions: projects", () => {
  const test = useEmulator();
  useSettings(() => settingsOf(test.emulator));

  it("lists the projects of the space in the settings", async () => {
    const { projects } = await getProjects();
    const [own] = test.emulator.tenants;
    assert.deepEqual(
      projects.map(({ projectId, spaceId, name }) => [projectId, spaceId, name]),
      own!.projectIds.map((id, index) => [id, own!.spaceId, ["Vehicles", "Road signs"][index]]),
    );
  });

  it("reads the project in the settings, and another one", async () => {
    const { companyId, spaceId, projectIds } = test.emulator.tenants[0]!;
    const { createdAt, ...project } = await getProject();
    assert.deepEqual(project, {
      projectId: projectIds[0],
      spaceId,
      name: "Vehicles",
      description: "Vehicles, a project of the emulator",
      dataType: "image, image_sequence",
      companyId,
      otherFields: {},
    });
    assert.ok(Date.parse(createdAt!) <= Date.now());
    assert.equal((await getProject({ projectId: projectIds[1]! })).name, "Road signs");
  });

  it("says what to check when there is no such project", async () => {
    const projectId = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    const { message } = await errorOf(getProject({ projectId }));
    const path = `/spaces/${test.emulator.spaceId}/projects/${projectId}`;
    assert.ok(message.startsWith(`getProject: GET ${path} answered 404: `), message);
    assert.match(message, /Check aidp:baseUrl .*, aidp:spaceId and aidp:projectId/);
    assert.ok(!message.includes("\n"), message);
  });

  it("refuses an id that is none, and names the field", async () => {
    const { message } = await errorOf(getProjects({ spaceId: "roads" }));
    assert.equal(message, 'getProjects: spaceId must be a UUID, got "roads"');
  });
});

describe("functions: projects that the platform describes otherwise", () => {
  const server = useRawServer();
  const id = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
  const settings = { "aidp:apiKey": "k", "aidp:spaceId": id, "aidp:projectId": id };
  useSettings(() => ({ ...settings, "aidp:baseUrl": server.origin }));

  it("keeps fields that are new, and does without those that are missing", async () => {
    server.answersJson(`{"items":[{"id":"p","name":"n","description":null,"tier":{"level":2}}]}`);
    assert.deepEqual(await getProjects(), {
      projects: [
        {
          projectId: "p",
          spaceId: id,
          name: "n",
          description: undefined,
          dataType: undefined,
          companyId: undefined,
          createdAt: undefined,
          otherFields: { tier: { level: 2 } },
        },
      ],
    });
  });
});
