import assert from "node:assert/strict";
import { stripUrl, withoutQueries } from "../../../provider/text/urls.ts";

describe("provider: text with URLs", () => {
  for (const [given, expected] of [
    ["https://cdn.example/a.jpg", "https://cdn.example/a.jpg"],
    ["https://cdn.example/a.jpg?sig=s3cret#s3cret", "https://cdn.example/a.jpg?…"],
    ["https://cdn.example/a.jpg?sig=a s3cret\ns3cret", "https://cdn.example/a.jpg?…"],
    ["https://me:s3cr@t@cdn.example/a@2.jpg", "https://cdn.example/a@2.jpg"],
    ["see s3://b/a?s3cret, and 7https://b/c?s3cret.", "see s3://b/a?… and 7https://b/c?…"],
    ['{"from":"https://b/c?s3cret","more":"?"}', '{"from":"https://b/c?…","more":"?"}'],
    ["why? uploads/a.jpg", "why? uploads/a.jpg"],
  ] as const) {
    it(`has no query, user or password of a URL: ${JSON.stringify(given)}`, () => {
      assert.equal(withoutQueries(given), expected);
    });
  }

  for (const [given, expected] of [
    ["HTTPS://me:s3cret@cdn.example/a@2.jpg?s3cret#s3cret", "HTTPS://cdn.example/a@2.jpg"],
    ["s3://bucket/a b.jpg", "s3://bucket/a b.jpg"],
    ["photos/what?.jpg", "photos/what?.jpg"],
  ] as const) {
    it(`names what a URL shows: ${JSON.stringify(given)}`, () => {
      assert.equal(stripUrl(given), expected);
    });
  }

  it("is read once, however long it is", () => {
    const picture = `data:image/png;base64,${"a".repeat(2_000_000)}`;
    assert.equal(withoutQueries(picture), picture);
  });
});
