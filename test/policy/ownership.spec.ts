import assert from "node:assert/strict";
import { Secret } from "@pulumi/policy";
import { metadataPersonalData, metadataRequired, metadataSecrets } from "../../policy/index.ts";
import { goodBatch, goodItem, remediated, reports, setOf, unknown } from "./support.ts";

describe("metadata-required", () => {
  const noOwner = "metadata.owner is missing, must match .+: add it";

  for (const [metadata, messages] of [
    [undefined, [`${noOwner}; metadata.costCentre is missing, must match .+: add it`]],
    [{ costCentre: "4711" }, [noOwner]],
    [{ owner: "", costCentre: "4711" }, [noOwner]],
    [{ owner: "vision", costCentre: 4711 }, []],
  ] as const) {
    it(`says of ${JSON.stringify(metadata)}: ${messages.length} problems`, async () => {
      assert.deepEqual(await reports(metadataRequired, [goodBatch({ metadata })]), messages);
    });
  }

  it("waits for an entry that is not known yet", async () => {
    const batch = goodBatch({ metadata: { owner: unknown } });
    assert.deepEqual(await reports(metadataRequired, [batch], { keys: { owner: "[a-z]+" } }), []);
  });

  it("asks items only where it is told to", async () => {
    const config = { of: ["item"], keys: { camera: "front|rear" } };
    assert.deepEqual(await reports(metadataRequired, [goodItem({ metadata: {} })]), []);
    assert.deepEqual(await reports(metadataRequired, [goodBatch({ metadata: {} })], config), []);
    assert.deepEqual(await reports(metadataRequired, [goodItem()], config), []);
    assert.deepEqual(
      await reports(metadataRequired, [setOf({ a: { metadata: { camera: "side" } } })], config),
      ['items["a"]: metadata.camera must match front|rear, and does not: correct it'],
    );
  });

  const defaults = { owner: "vision", costCentre: "1" };

  it("adds the configured entries that are missing", async () => {
    const batch = goodBatch({ metadata: { owner: "roads", site: "b" } });
    assert.deepEqual(await remediated(metadataRequired, batch, { defaults }), {
      ...batch.props,
      metadata: { owner: "roads", site: "b", costCentre: "1" },
    });
    const bare = goodBatch({ metadata: undefined });
    assert.deepEqual((await remediated(metadataRequired, bare, { defaults }))?.metadata, {
      owner: "vision",
      costCentre: "1",
    });
    assert.equal(await remediated(metadataRequired, goodBatch(), { defaults }), undefined);
    assert.equal(await remediated(metadataRequired, goodItem(), { defaults }), undefined);
  });

  it("adds them to the items of a set", async () => {
    const config = { of: ["item"], keys: { owner: ".+" }, defaults: { owner: "vision" } };
    const set = setOf({ a: { metadata: { x: 1 } }, b: { metadata: { owner: "me" } } });
    const expected = {
      a: { metadata: { x: 1, owner: "vision" } },
      b: { metadata: { owner: "me" } },
    };
    assert.deepEqual(await remediated(metadataRequired, set, config), setOf(expected).props);
  });

  it("keeps secret what was secret", async () => {
    const secret = new Secret("4711");
    const props = { ...goodBatch().props, metadata: { costCentre: secret } };
    assert.ok("remediateResource" in metadataRequired);
    const result = (await metadataRequired.remediateResource?.({
      type: "pulumi-nodejs:dynamic/aidp:Batch",
      props,
      getConfig: () => ({ defaults }),
    } as never)) as Record<string, unknown>;
    assert.deepEqual(result.metadata, { costCentre: secret, owner: "vision" });
  });
});

const findings = [
  [metadataPersonalData, "jane.doe+x@mail.example.com", "an email address"],
  [metadataPersonalData, "call +49 (30) 1234-5678", "a phone number"],
  [metadataPersonalData, "(030) 123-4567", "a phone number"],
  [metadataSecrets, "AKIAIOSFODNN7EXAMPLE", "an AWS access key"],
  [metadataSecrets, `ghp_${"a1B2".repeat(9)}`, "a GitHub token"],
  [metadataSecrets, `glpat-${"a1B2-".repeat(4)}`, "a GitLab token"],
  [metadataSecrets, `AIza${"a1B2-".repeat(7)}`, "a Google API key"],
  [metadataSecrets, "xoxb-1234567890", "a Slack token"],
  [metadataSecrets, `sk_live_${"a1B2".repeat(5)}`, "a secret API key"],
  [metadataSecrets, `pul-${"a1b2".repeat(10)}`, "a Pulumi token"],
  [metadataSecrets, "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", "a JSON web token"],
  [metadataSecrets, "Bearer 0123456789abcdef", "an authorization header"],
  [metadataSecrets, "-----BEGIN RSA PRIVATE KEY-----", "a private key"],
  [metadataSecrets, "postgres://user:word@db.example.com", "a URL with a password"],
  [metadataSecrets, "https://b.example.com/a?X-Amz-Signature=0f", "a signed URL"],
] as const;

describe("what metadata must not hold", () => {
  for (const [rule, text, what] of findings) {
    it(`${what}, wherever it is, and no message repeats it: ${text.slice(0, 12)}`, async () => {
      for (const [path, resource] of [
        ["metadata.note", goodBatch({ metadata: { note: text } })],
        ["metadata.deep.list[1]", goodItem({ metadata: { deep: { list: ["x", text] } } })],
        ["labels[0].metadata.note", goodItem({ labels: [{ metadata: { note: text } }] })],
      ] as const) {
        const [message = ""] = await reports(rule, [resource]);
        assert.ok(message.startsWith(`${path} holds what looks like ${what}, must not: `), message);
        assert.ok(!message.includes(text));
      }
      const [inSet = ""] = await reports(rule, [setOf({ a: {}, b: { metadata: { note: text } } })]);
      assert.ok(inSet.startsWith(`items["b"]: metadata.note holds what looks like ${what}`), inSet);
    });
  }

  for (const key of ["password", "dbPasswd", "apiKey", "API_KEY", "client_secret", "accessToken"]) {
    it(`the entry ${key}, whatever its text`, async () => {
      assert.deepEqual(await reports(metadataSecrets, [goodBatch({ metadata: { [key]: "x" } })]), [
        `metadata.${key} holds what looks like what its name calls a secret, must not: remove it, and replace it where it is in use`,
      ]);
    });
  }

  for (const text of [
    "2026-12-01T12:00:00+01:00",
    "0f7b1c9e-3a52-4c1a-9f0e-5d3c2b1a0987",
    "frame 1234567890123",
    "camera@front",
    "https://pictures.example.com/a.jpg?size=3",
    "the secret of the basic tokenizer",
    "+3",
  ]) {
    it(`but ${text} is harmless`, async () => {
      const batch = goodBatch({ metadata: { note: text, keypoint: text, category: text } });
      assert.deepEqual(await reports(metadataPersonalData, [batch]), []);
      assert.deepEqual(await reports(metadataSecrets, [batch]), []);
    });
  }

  it("can be configured, and allowed where it has to be", async () => {
    const batch = goodBatch({ metadata: { contact: "jane@example.com", staff: "E-12345" } });
    const config = { patterns: { "a staff number": "E-\\d{5}" } };
    assert.deepEqual(await reports(metadataPersonalData, [batch], config), [
      "metadata.staff holds what looks like a staff number, must not: leave it out of the metadata",
    ]);
    const allowed = { allowed: ["metadata.contact"] };
    assert.deepEqual(await reports(metadataPersonalData, [batch], allowed), []);
    assert.deepEqual(
      await reports(metadataSecrets, [goodBatch({ metadata: { pin: "1" } })], { entries: "pin$" }),
      [
        "metadata.pin holds what looks like what its name calls a secret, must not: remove it, and replace it where it is in use",
      ],
    );
  });
});
