import assert from "node:assert/strict";
import { inspect } from "node:util";
import { addFault, clientOf } from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ConnectionLostError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ResponseError,
  ServerError,
  UnreachableError,
} from "../../../provider/api/errors.ts";
import { fileExists } from "../../../provider/api/files.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";

const uuid = "[0-9a-f]{8}-[0-9a-f-]{27}";

describe("provider: errors of the API", () => {
  const test = useEmulator();
  const server = useRawServer();

  const create = (client: Client, name: string) =>
    client.batches.create(test.emulator.projectId, { name });

  /** The shape of a one-line message; `detail` is the server's words. */
  const line = (outcome: string, detail: string, todo = "") =>
    new RegExp(
      `^POST /projects/${uuid}/batches ${outcome}: ${detail} \\(request id ${uuid}\\)${todo}$`,
    );

  it("400 is a BadRequestError with the server's words", async () => {
    const error = await errorOf(create(clientOf(test.emulator), ""), BadRequestError);
    assert.match(error.message, line("answered 400", "The request is not valid: body/name .*"));
    assert.deepEqual(
      [error.method, error.path, error.status, error.outcomeUnknown],
      ["POST", `/projects/${test.emulator.projectId}/batches`, 400, false],
    );
    assert.match(error.requestId!, new RegExp(uuid));
    assert.match(error.detail!, /^The request is not valid/);
  });

  it("401 is an AuthenticationError that names the setting and the variable", async () => {
    const error = await errorOf(create(clientOf(test.emulator, "wrong"), "n"), AuthenticationError);
    const todo =
      "\\. Check the setting aidp:apiKey, or AIDP_API_KEY; after a change of a setting run `pulumi up` first, [^\\n]+";
    assert.match(error.message, line("answered 401", "Unknown API key", todo));
  });

  it("403 is a PermissionDeniedError", async () => {
    const other = clientOf(test.emulator, test.emulator.tenants[2]!.apiKey);
    const error = await errorOf(create(other, "n"), PermissionDeniedError);
    assert.match(error.message, /answered 403: The key has no access .* check aidp:spaceId/);
  });

  it("404 is a NotFoundError", async () => {
    const client = clientOf(test.emulator);
    const nowhere = client.batches.create(test.emulator.spaceId, { name: "n" });
    const error = await errorOf(nowhere, NotFoundError);
    assert.match(error.message, /answered 404: Project .* \(request id .*\)\. Check aidp:baseUrl/);
    assert.match(
      error.message,
      /\. The route of createBatch is inferred, .* set aidp:routes, or A/,
    );
  });

  it("409 is a ConflictError", async () => {
    const error = await errorOf(create(clientOf(test.emulator), "Default"), ConflictError);
    const detail = 'The project already has a batch named "Default"';
    assert.match(error.message, line("answered 409", detail));
  });

  const byStatus: [number, typeof ApiError, boolean][] = [
    [418, BadRequestError, false],
    [422, BadRequestError, false],
    [429, RateLimitError, false],
    [500, ServerError, true],
    [503, ServerError, true],
  ];
  for (const [status, type, outcomeUnknown] of byStatus) {
    it(`${status} is a ${type.name}`, async () => {
      await addFault(test.emulator, {
        operation: "createBatch",
        status,
        retryAfter: 0,
        times: 0,
        body: { error: { message: "as\nordered" } },
      });
      const error = await errorOf(create(clientOf(test.emulator), "n"), type);
      assert.equal(error.name, type.name);
      assert.match(error.message, line(`answered ${status}`, "as ordered", ".*"));
      assert.equal(error.outcomeUnknown, outcomeUnknown);
    });
  }

  it("a refused connection is an UnreachableError: nothing was done", async () => {
    // Nobody is given this port; one that was just free may be another program's by now.
    const gone = new Client({ apiKey: "key", baseUrl: "http://127.0.0.1:2" });
    const error = await errorOf(create(gone, "n"), UnreachableError);
    assert.match(
      error.message,
      /^POST \/projects\/\S+ did not reach the service \(ECONNREFUSED\)\. Check aidp:baseUrl.*\. Nothing listens on port \d+ of this machine: is the emulator running\?$/,
    );
    assert.equal(error.outcomeUnknown, false);
  });

  it("a broken connection is a ConnectionLostError: the work may be done", async () => {
    await addFault(test.emulator, { operation: "createBatch", reset: "before" });
    const error = await errorOf(create(clientOf(test.emulator), "n"), ConnectionLostError);
    assert.match(
      error.message,
      /^POST \S+ lost the connection \(\w+\)\. The service may have done/,
    );
    assert.equal(error.outcomeUnknown, true);
  });

  describe("whose answer is odd", () => {
    const client = (apiKey = "the-key") => new Client({ apiKey, baseUrl: server.origin });

    it("a page of a proxy is a ResponseError", async () => {
      server.answers((_request, response) => {
        response.setHeader("x-request-id", "r1");
        response.end("<html><body>Welcome</body></html>");
      });
      const error = await errorOf(client().projects.list("s"), ResponseError);
      assert.equal(
        error.message,
        "GET /spaces/s/projects answered with something that is not JSON (request id r1). Check aidp:baseUrl: a proxy may have answered",
      );
    });

    it("a request id that repeats the key is left out", async () => {
      for (const status of [200, 400]) {
        server.answers((_request, response) => {
          response.writeHead(status, { "x-request-id": "a-the-key" }).end("<html></html>");
        });
        const error = await errorOf(client().projects.list("s"), ApiError);
        assert.doesNotMatch(inspect(error), /the-key/);
      }
    });

    it("half of a JSON text is a ResponseError", async () => {
      server.answersJson('{"items":[{"id":"a","na');
      const error = await errorOf(client().projects.list("s"), ResponseError);
      assert.match(error.message, /not JSON/);
      assert.equal(error.outcomeUnknown, true);
    });

    const unusable: [string, string, RegExp][] = [
      ["a missing field", '{"items":[{"name":"no id"}]}', /without a usable "items\.0\.id"/],
      ["null", "null", /without a usable body/],
      ["nothing at all", "", /without a usable body/],
    ];
    for (const [name, json, message] of unusable) {
      it(`${name} is a ResponseError`, async () => {
        server.answersJson(json);
        assert.match((await errorOf(client().projects.list("s"), ResponseError)).message, message);
      });
    }

    it("unknown fields and values pass, and are kept", async () => {
      server.answersJson('{"items":[{"id":"w","status":"CLIENT_REVIEW","priority":3}]}');
      const item = await client().workItems.find("p", "w");
      assert.deepEqual(item, { id: "w", status: "CLIENT_REVIEW", priority: 3 });
    });

    const bodies: [string, string, string][] = [
      ["its own shape", '{"error":{"code":"X","message":"first words"}}', "first words"],
      ["a flat message", '{"message":"flat words"}', "flat words"],
      ["another shape", '{"fault":{"why":"other"}}', '{"fault":{"why":"other"}}'],
      ["broken JSON", '{"message":', ""],
      ["an empty body", "", ""],
    ];
    for (const [name, body, detail] of bodies) {
      it(`reads an error body of ${name}`, async () => {
        server.answersJson(body, 400);
        const { message } = await errorOf(client().projects.list("s"), BadRequestError);
        const said = detail === "" ? "" : `: ${detail}`;
        assert.equal(message, `GET /spaces/s/projects answered 400${said}`);
      });
    }

    it("takes the words out of an HTML page", async () => {
      server.answers((_request, response) => {
        response.writeHead(400, { "content-type": "text/html" });
        response.end("<html>\n <h1>Bad</h1>\n <p>request</p>\n</html>\n");
      });
      const { message } = await errorOf(client().projects.list("s"));
      assert.equal(message, "GET /spaces/s/projects answered 400: Bad request");
    });

    it("cuts what a server says at length", async () => {
      server.answersJson(`{"message":"${"long ".repeat(10_000)}"}`, 400);
      const { message } = await errorOf(client().projects.list("s"));
      assert.ok(message.length < 700, `${message.length} characters`);
    });

    it("repeats neither the key nor the query of a URL that the server sends back", async () => {
      const body =
        "key the-key is not good for https://files.example/a.png?signature=abc&x=1 today";
      server.answersJson(JSON.stringify({ message: body }), 400);
      const { message } = await errorOf(client().projects.list("s"));
      assert.equal(
        message,
        "GET /spaces/s/projects answered 400: key [key] is not good for https://files.example/a.png?… today",
      );
    });

    it("repeats no metadata and no comments that were sent, which may be secret", async () => {
      const secret = 'of "Ann"';
      const message = `${secret} and Ann-Marie are not allowed as owner`;
      const labels = [{ metadata: { who: "Ann-Marie" } }];
      const item = { assetUrl: "a", assetType: "image", metadata: { owner: [secret] }, labels };
      for (const body of [{ message }, { problem: message }, message]) {
        server.answersJson(JSON.stringify(body), 400);
        const error = await errorOf(client().workItems.create("p", item));
        assert.match(error.message, /\[not shown\] and \[not shown\] are not allowed as owner/);
      }
      const feedback = { comments: ["Ann-Marie is slow"] };
      server.answersJson('{"message":"Ann-Marie is slow: too long"}', 400);
      const many = client().signals.sendMany("p", "release", [{ workItemID: "w", feedback }]);
      assert.match((await errorOf(many)).message, /: \[not shown\]: too long/);
    });

    for (const [name, status] of [
      ["an error", 400],
      ["a half answer", 200],
    ] as const) {
      it(`shows the key nowhere when ${name} is printed whole, as console.error does`, async () => {
        server.answersJson("{", status);
        const error = await errorOf(client("very-secret-key").projects.list("s"), ApiError);
        assert.doesNotMatch(inspect(error, { depth: 20, showHidden: true }), /very-secret-key/);
      });
    }
  });

  describe("that redirects", () => {
    const elsewhere = useRawServer();

    for (const status of [301, 302, 307, 308]) {
      it(`${status} is not followed, so the key goes nowhere else`, async () => {
        elsewhere.answersJson('{"items":[]}');
        server.answers((_request, response) => {
          response.writeHead(status, { location: `${elsewhere.origin}/stolen` }).end();
        });
        const client = new Client({ apiKey: "key", baseUrl: server.origin });
        const error = await errorOf(client.projects.list("s"), BadRequestError);
        assert.equal(
          error.message,
          `GET /spaces/s/projects answered ${status}. Redirects are not followed: check aidp:baseUrl`,
        );
        assert.deepEqual(elsewhere.received, []);
        assert.equal(server.received.length, 1);
      });
    }

    it("nor is one of a signed URL", async () => {
      elsewhere.answersJson("{}");
      server.answers((_request, response) => {
        response.writeHead(302, { location: `${elsewhere.origin}/stolen` }).end();
      });
      const { message } = await errorOf(fileExists(`${server.origin}/file?signature=abc`));
      assert.doesNotMatch(message, /signature/);
      assert.deepEqual(elsewhere.received, []);
    });
  });
});
