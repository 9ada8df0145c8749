import assert from "node:assert/strict";
import { defaultBaseUrl } from "../../../provider/api/connection.ts";
import { howToSet, settings } from "../../../provider/lifecycle/settings.ts";
import { readConfiguration } from "../../../provider/pulumi/configuration.ts";

type Values = Record<string, string>;

const read = (stack: Values = {}, environment: Values = {}) =>
  readConfiguration((key) => stack[key], environment);

const uuid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
const otherUuid = "a3bb189e-8bf9-4888-9912-ace4e6543002";

describe("provider: configuration", () => {
  it("is the real service, and nothing else, where nothing is set", () => {
    assert.deepEqual(read(), {
      apiKey: undefined,
      baseUrl: defaultBaseUrl,
      allowHttp: false,
      spaceId: undefined,
      projectId: undefined,
      routes: {},
      concurrency: 32,
      requestsPerSecond: undefined,
      progress: true,
      entriesShown: 2_000,
      effort: undefined,
      provenance: false,
    });
    assert.equal(defaultBaseUrl, "https://api.ai.cloudfactory.app/api/v1");
  });

  const values = {
    apiKey: ["stack-key", "environment-key"],
    baseUrl: ["https://stack.example/v1", "https://environment.example/v1"],
    allowHttp: ["on", "off"],
    spaceId: [uuid, otherUuid],
    projectId: [uuid, otherUuid],
    routes: ['{"setLabels":"PUT /a"}', '{"setLabels":"PUT /b"}'],
    concurrency: ["8", "16"],
    requestsPerSecond: ["0.5", "100"],
    progress: ["on", "off"],
    entriesShown: ["0", "100000"],
    effort: ['{"item":2,"box":0.5,"unit":"minutes"}', '{"item":0,"box":1.5,"unit":"USD"}'],
    provenance: ["true", "false"],
  } as const;
  for (const setting of Object.keys(settings) as (keyof typeof settings)[]) {
    const [inStack, inEnvironment] = values[setting];
    const stack = { [`aidp:${setting}`]: inStack };
    const environment = { [settings[setting]]: inEnvironment };
    const expected = (text: string) =>
      [
        "routes",
        "concurrency",
        "requestsPerSecond",
        "entriesShown",
        "effort",
        "provenance",
      ].includes(setting)
        ? JSON.parse(text)
        : ["allowHttp", "progress"].includes(setting)
          ? text === "on"
          : text;

    it(`takes ${setting} from the stack first, then from ${settings[setting]}`, () => {
      assert.deepEqual(read(stack, environment)[setting], expected(inStack));
      assert.deepEqual(read({}, environment)[setting], expected(inEnvironment));
    });

    it(`takes no blank for ${setting}`, () => {
      const blankStack = { [`aidp:${setting}`]: " " };
      assert.deepEqual(read(blankStack, { [settings[setting]]: "" })[setting], read()[setting]);
    });
  }

  it("looks into the environment where the stack has a blank", () => {
    const blank = Object.fromEntries(Object.keys(settings).map((name) => [`aidp:${name}`, ""]));
    const environment = Object.fromEntries(
      Object.entries(settings).map(([name, variable]) => [variable, values[name as "apiKey"][1]]),
    );
    assert.deepEqual(read(blank, environment), read({}, environment));
  });

  it("leaves out spaces around a value, and slashes after the URL", () => {
    const { apiKey, baseUrl } = read({ "aidp:apiKey": " k\n", "aidp:baseUrl": "https://a.b/c//" });
    assert.deepEqual([apiKey, baseUrl], ["k", "https://a.b/c"]);
  });

  for (const url of ["http://localhost:1/v1", "http://127.0.0.1:1/v1", "http://[::1]:1/v1"]) {
    it(`lets the key go unencrypted to this machine: ${url}`, () => {
      assert.equal(read({ "aidp:baseUrl": url }).baseUrl, url);
    });
  }

  it("lets it go unencrypted to others only where it is told so", () => {
    const told = { "aidp:baseUrl": "http://gateway:8080", "aidp:allowHttp": "on" };
    assert.equal(read(told).baseUrl, "http://gateway:8080");
    assert.throws(() => read({ ...told, "aidp:allowHttp": "off" }), /must be https/);
  });

  const set = (setting: string) =>
    `run \`pulumi config set aidp:${setting} …\`, or set ${settings[setting as "baseUrl"]}`;
  const refused: [keyof typeof settings, string, string][] = [
    ["baseUrl", "here", `aidp:baseUrl must be an https URL, got "here"; ${set("baseUrl")}`],
    [
      "baseUrl",
      "ftp://a.b",
      `aidp:baseUrl must be an https URL, got "ftp://a.b"; ${set("baseUrl")}`,
    ],
    [
      "baseUrl",
      "http://api.example/v1",
      'aidp:baseUrl must be https, got "http://api.example": the key would cross the network unencrypted (http is for this machine, unless allowHttp is on); run `pulumi config set aidp:baseUrl …`, or set AIDP_BASE_URL',
    ],
    [
      "baseUrl",
      "http://localhost.example/v1",
      'aidp:baseUrl must be https, got "http://localhost.example": the key would cross the network unencrypted (http is for this machine, unless allowHttp is on); run `pulumi config set aidp:baseUrl …`, or set AIDP_BASE_URL',
    ],
    ...["?key=secret", "#part"].map((tail): [keyof typeof settings, string, string] => [
      "baseUrl",
      `https://a.b/v1${tail}`,
      'aidp:baseUrl must have no query, fragment, user name or password, got one on "https://a.b"; run `pulumi config set aidp:baseUrl …`, or set AIDP_BASE_URL',
    ]),
    ...["user:secret@", "user@"].map((user): [keyof typeof settings, string, string] => [
      "baseUrl",
      `https://${user}a.b/v1`,
      'aidp:baseUrl must have no query, fragment, user name or password, got one on "https://a.b"; run `pulumi config set aidp:baseUrl …`, or set AIDP_BASE_URL',
    ]),
    ["spaceId", "roads", `aidp:spaceId must be a UUID, got "roads"; ${set("spaceId")}`],
    ["provenance", "on", `aidp:provenance must be true or false, got "on"; ${set("provenance")}`],
    ["progress", "maybe", `aidp:progress must be on or off, got "maybe"; ${set("progress")}`],
    [
      "effort",
      "2 minutes",
      `aidp:effort must be JSON like {"item": 2, "box": 0.5, "unit": "minutes"}; ${set("effort")}`,
    ],
    [
      "effort",
      '{"item":-1}',
      `aidp:effort.item must be a number of 0 or more, got -1; ${set("effort")}`,
    ],
    [
      "effort",
      '{"box":"two"}',
      `aidp:effort.box must be a number of 0 or more, got "two"; ${set("effort")}`,
    ],
    [
      "effort",
      '{"unit":"dollars"}',
      `aidp:effort.unit must be minutes, hours or the code of a currency such as USD, got "dollars"; ${set("effort")}`,
    ],
    [
      "effort",
      '{"items":2}',
      `aidp:effort has no field items: did you mean item?; ${set("effort")}`,
    ],
    ["effort", '{"item":2,"":1}', `aidp:effort has no field ""; ${set("effort")}`],
    ...["[2]", "2", "null"].map((value): [keyof typeof settings, string, string] => [
      "effort",
      value,
      `aidp:effort must be JSON like {"item": 2, "box": 0.5, "unit": "minutes"}; ${set("effort")}`,
    ]),
    ...["{}", '{"unit":"USD"}'].map((value): [keyof typeof settings, string, string] => [
      "effort",
      value,
      `aidp:effort must say what an item or a box costs, like {"item": 2, "box": 0.5, "unit": "minutes"}; ${set("effort")}`,
    ]),
    ["projectId", "12", `aidp:projectId must be a UUID, got "12"; ${set("projectId")}`],
  ];
  for (const [setting, value, message] of refused) {
    it(`refuses ${value} for ${setting}, from the stack or the environment`, () => {
      assert.throws(() => read({ [`aidp:${setting}`]: value }), { message });
      assert.throws(() => read({}, { [settings[setting]]: value }), { message });
    });
  }

  for (const url of [
    ...["https://:secret@a.b/v1", "ftp://user:secret@a.b", "user:secret@a.b"],
    ...["//user:secret@a.b", "https://user:secret @a.b:99999"],
  ]) {
    it(`refuses ${url}, and does not repeat its password`, () => {
      assert.throws(
        () => read({ "aidp:baseUrl": url }),
        ({ message }: Error) => /^aidp:baseUrl must /.test(message) && !/secret/.test(message),
      );
    });
  }

  for (const setting of ["baseUrl", "spaceId", "projectId", "routes"] as const) {
    it(`refuses lines of text for ${setting} in one line`, () => {
      assert.throws(
        () => read({ [`aidp:${setting}`]: "two\nlines" }),
        ({ message }: Error) =>
          message.startsWith(`aidp:${setting} must be `) && !/\n/.test(message),
      );
    });
  }

  it("shows no progress in CI, unless it is told to", () => {
    assert.equal(read({}, { CI: "true" }).progress, false);
    assert.equal(read({ "aidp:progress": "on" }, { CI: "true" }).progress, true);
  });

  it("says how to set the key: as a secret", () => {
    assert.equal(
      howToSet("apiKey"),
      "run `pulumi config set --secret aidp:apiKey …`, or set AIDP_API_KEY",
    );
  });
});
