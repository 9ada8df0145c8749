import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { installed, standstillMs, textOf } from "../../../provider/uploads/bucket-access.ts";
import { BucketSource } from "../../../provider/uploads/bucket-source.ts";
import { SourceError } from "../../../provider/uploads/source.ts";
import { az, gs, useBucketStore } from "../../support/bucket-stores.ts";
import { keepEnvironment } from "../../support/environment.ts";

/** What is known of the objects, as the state has it. */
async function look(url: string): Promise<Record<string, string>> {
  const source = await BucketSource.open(url);
  const names = await source.select({ folder: url });
  const seen = await source.identify(names, {});
  return Object.fromEntries([...seen].map(([name, { text }]) => [name, text]));
}

const failure = (doing: Promise<unknown>): Promise<Error> =>
  doing.then(
    () => assert.fail("it should have been refused"),
    (error) => error,
  );

for (const protocol of [gs, az]) {
  const url = `${protocol.scheme}://pictures/signs`;

  describe(`provider: objects of a bucket, ${protocol.scheme}://`, () => {
    const store = useBucketStore(protocol);

    it("go by their writing where the store has no MD5", async () => {
      store.put("signs/a.jpg", "bytes of a.jpg", { isComposed: true });
      const before = (await look(url))["a.jpg"] ?? "";
      assert.equal((await look(url))["a.jpg"], before);
      const source = await BucketSource.open(url);
      const { pieces } = await source.open("a.jpg", before);
      assert.equal(Buffer.concat(await Array.fromAsync(pieces)).toString(), "bytes of a.jpg");
      store.put("signs/a.jpg", "bytes of a.jpg", { isComposed: true });
      assert.notEqual((await look(url))["a.jpg"], before);
      assert.match((await failure(source.open("a.jpg", before))).message, /changed in the bucket/);
    });

    it("are given up where a list, an answer or the bytes stand still, and not while they are sent", async () => {
      const { "a.jpg": text = "" } = await look(url);
      mock.timers.enable({ apis: ["setTimeout"] });
      try {
        const source = await BucketSource.open(url);
        const answer = store.answer(protocol);
        const reading = await source.open("a.jpg", text);
        mock.timers.tick(10 * standstillMs);
        assert.equal((await Array.fromAsync(reading.pieces)).length, 1);

        const untilHere = new Promise<void>((resolve) => {
          store.server.answers((request, response) => {
            // The head and one byte, and no more.
            response.end = (body: unknown) => {
              response.write(String(body).slice(0, 1));
              return response;
            };
            answer(request, response);
            resolve();
          });
        });
        const { pieces } = await source.open("a.jpg", text);
        await untilHere;
        assert.match((await stopped(Array.fromAsync(pieces))).message, /^nothing came for 60 s/);

        store.server.answers(() => {});
        const opened = await stopped(source.open("a.jpg", text));
        assert.match(opened.message, /cannot be read .*\(TimeoutError: nothing came for 60 s/);
        const listed = await stopped(look(url));
        assert.match(listed.message, /cannot be listed \(TimeoutError: nothing came for 60 s/);
      } finally {
        mock.timers.reset();
      }
    });
  });
}

/** Has time pass until it fails. */
async function stopped(doing: Promise<unknown>): Promise<Error> {
  let isOver = false;
  const failed = failure(doing).finally(() => {
    isOver = true;
  });
  for (let turns = 0; !isOver; turns += 1) {
    await turn();
    if (turns % 1000 === 999) {
      mock.timers.tick(standstillMs);
    }
  }
  return failed;
}

describe("provider: access to a bucket", () => {
  it("names the package that is missing", async () => {
    const error = await failure(installed("@azure/identity", Promise.reject(new Error("gone"))));
    assert.ok(error instanceof SourceError);
    assert.equal(
      error.message,
      "it needs the package @azure/identity: npm install @azure/identity",
    );
  });

  it("says what went wrong in one line, without what may be secret", () => {
    const named = (name: string, message: string) => Object.assign(new Error(message), { name });
    assert.equal(textOf(new Error("no such bucket\nRequestId: 1")), "Error: no such bucket");
    for (const name of [
      "CredentialsProviderError",
      "CredentialUnavailableError",
      "AggregateAuthenticationError",
      "SyntaxError",
    ]) {
      assert.equal(textOf(named(name, "s3cret")), name);
    }
  });
});

describe("provider: a bucket of s3:// that cannot be listed", () => {
  const settings = [
    "AWS_ENDPOINT_URL",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
  ];
  keepEnvironment(...settings);

  for (const [what, setting, value, said] of [
    [
      "a server that does not answer",
      "AWS_ENDPOINT_URL",
      "http://127.0.0.1:1",
      "(ECONNREFUSED: connect ECONNREFUSED 127.0.0.1:1): nothing answers at http://127.0.0.1:1: check AWS_ENDPOINT_URL, and the network",
    ],
    [
      "an address that is no URL",
      "AWS_ENDPOINT_URL",
      "localhost:9000",
      "): check AWS_ENDPOINT_URL: it must begin with http:// or https://",
    ],
    [
      "credentials",
      "AWS_ACCESS_KEY_ID",
      undefined,
      "(CredentialsProviderError): no valid credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
    ],
    [
      "the region",
      "AWS_REGION",
      undefined,
      "(Error: Region is missing): set AWS_REGION to the region of the bucket",
    ],
  ] as const) {
    it(`says what to do about ${what}`, async () => {
      const none = join(tmpdir(), "no-such-file");
      for (const [name, text] of Object.entries({
        AWS_ENDPOINT_URL: "http://127.0.0.1:1",
        AWS_REGION: "us-east-1",
        AWS_ACCESS_KEY_ID: "key-of-the-bucket",
        AWS_SECRET_ACCESS_KEY: "secret-of-the-bucket",
        AWS_EC2_METADATA_DISABLED: "true",
        AWS_CONFIG_FILE: none,
        AWS_SHARED_CREDENTIALS_FILE: none,
      })) {
        process.env[name] = text;
      }
      delete process.env[setting];
      Object.assign(process.env, value === undefined ? {} : { [setting]: value });
      const { message } = await failure(look("s3://pictures"));
      assert.ok(message.startsWith("the bucket cannot be listed ("), message);
      assert.ok(message.endsWith(said), message);
    });
  }
});

describe("provider: credentials for gs://", () => {
  keepEnvironment("GOOGLE_APPLICATION_CREDENTIALS", "STORAGE_EMULATOR_HOST");
  const folder = mkdtempSync(join(tmpdir(), "aidp-buckets-"));
  after(() => rmSync(folder, { recursive: true }));

  it("are not quoted where they cannot be read", async () => {
    delete process.env.STORAGE_EMULATOR_HOST;
    const file = join(folder, "key.json");
    writeFileSync(file, "s3cret");
    process.env.GOOGLE_APPLICATION_CREDENTIALS = file;
    const { message } = await failure(look("gs://pictures"));
    assert.match(message, /^the bucket cannot be listed \(.*\): check its name, and the Appl/);
    assert.doesNotMatch(message, /s3cret|\n/);
  });
});

describe("provider: credentials for az://", () => {
  const names = [
    "AZURE_STORAGE_CONNECTION_STRING",
    "AZURE_STORAGE_ACCOUNT",
    "AZURE_STORAGE_SERVICE_ENDPOINT",
    "AZURE_STORAGE_KEY",
    "AZURE_STORAGE_SAS_TOKEN",
  ];
  keepEnvironment(...names);
  const store = useBucketStore(az);
  beforeEach(() => {
    for (const name of names) {
      delete process.env[name];
    }
  });

  const use = (settings: Record<string, string>) =>
    Object.assign(process.env, {
      AZURE_STORAGE_ACCOUNT: "account",
      AZURE_STORAGE_SERVICE_ENDPOINT: `${store.server.origin}/account`,
      ...settings,
    });

  it("are a key, or a token with or without its question mark", async () => {
    use({ AZURE_STORAGE_KEY: "c2VjcmV0" });
    const known = await look("az://pictures/signs");
    assert.match(store.server.received[0]?.headers.authorization ?? "", /^SharedKey account:/);
    delete process.env.AZURE_STORAGE_KEY;
    for (const token of ["sig=s3cret&se=1", "?sig=s3cret&se=1"]) {
      store.server.received = [];
      use({ AZURE_STORAGE_SAS_TOKEN: token });
      assert.deepEqual(await look("az://pictures/signs"), known);
      const [{ url, headers } = { url: "", headers: {} }] = store.server.received;
      assert.equal(new URL(url, "http://store").searchParams.get("sig"), "s3cret");
      assert.equal(headers.authorization, undefined);
    }
    store.server.answers((_request, response) => response.writeHead(403).end());
    const { message } = await failure(look("az://pictures/signs"));
    assert.match(message, /^the bucket cannot be listed \(/);
    assert.doesNotMatch(message, /s3cret|\n/);
  });

  it("are otherwise those of the identity, which are not sent without TLS", async () => {
    use({});
    assert.match((await failure(look("az://pictures"))).message, /non-TLS protected/);
    const noServer = "https://127.0.0.1:1/account";
    use({ AZURE_STORAGE_SERVICE_ENDPOINT: noServer, AZURE_STORAGE_KEY: "c2VjcmV0" });
    assert.match(
      (await failure(look("az://pictures"))).message,
      /: nothing answers at https:\/\/127\.0\.0\.1:1: check AZURE_STORAGE_ACCOUNT, /,
    );
    assert.equal(store.server.received.length, 0);
  });

  it("need an account, and settings that can be read", async () => {
    assert.equal(
      (await failure(look("az://pictures"))).message,
      "it needs the account: set AZURE_STORAGE_ACCOUNT or AZURE_STORAGE_CONNECTION_STRING",
    );
    process.env.AZURE_STORAGE_CONNECTION_STRING = "AccountName=s3cret";
    const error = await failure(look("az://pictures"));
    assert.ok(error instanceof SourceError);
    assert.match(error.message, /^Azure cannot be asked with these settings: check the variables/);
    assert.doesNotMatch(error.message, /s3cret/);
  });

  it("do not make the folders of a hierarchical namespace files", async () => {
    process.env.AZURE_STORAGE_CONNECTION_STRING = az.environment(
      store.server.origin,
    ).AZURE_STORAGE_CONNECTION_STRING;
    store.put("signs/b c", "", { isFolder: true });
    assert.deepEqual(Object.keys(await look("az://pictures/signs")), [
      "a.jpg",
      "b c/ü.png",
      "d.txt",
    ]);
  });
});
