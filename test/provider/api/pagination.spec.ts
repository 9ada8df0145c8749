import assert from "node:assert/strict";
import { clientOf, requests, resetRequests } from "../../../harness/emulator.ts";
import { Client } from "../../../provider/api/client.ts";
import { ResponseError } from "../../../provider/api/errors.ts";
import { useEmulator } from "../../support/emulator.ts";
import { errorOf } from "../../support/errors.ts";
import { useRawServer } from "../../support/raw-server.ts";

interface PageText {
  ids: number[];
  meta?: Record<string, string | null> | null;
}

describe("provider: pagination", () => {
  const server = useRawServer();

  /** Serves the pages in order; the last one is served again for as long as somebody asks. */
  function serve(pages: PageText[]): void {
    server.answers((_request, response) => {
      const { ids, meta } = pages[Math.min(server.received.length, pages.length) - 1]!;
      const items = ids.map((id) => ({ id, name: `batch ${id}` }));
      response.end(JSON.stringify({ items, ...(meta !== undefined && { meta }) }));
    });
  }

  async function ids(start: { page?: "NEXT" | "PREV"; cursor?: string } = {}): Promise<string[]> {
    const client = new Client({ apiKey: "key", baseUrl: server.origin });
    return (await Array.fromAsync(client.batches.list("project", start))).map(({ id }) => id);
  }

  const queries = () =>
    server.received.map(({ url }) => Object.fromEntries(new URL(url, server.origin).searchParams));

  const endings: [string, PageText["meta"]][] = [
    ["no meta", undefined],
    ["null for meta", null],
    ["no cursor", {}],
    ["null for a cursor", { cursor_next: null }],
    ["an empty cursor", { cursor_next: "" }],
    ["a cursor backwards only", { cursor_prev: "b" }],
  ];
  for (const [name, meta] of endings) {
    it(`ends at a page with ${name}`, async () => {
      serve([{ ids: [1, 2], ...(meta !== undefined && { meta }) }]);
      assert.deepEqual(await ids(), ["1", "2"]);
      assert.deepEqual(queries(), [{ limit: "100" }]);
    });
  }

  for (const cursor of ["cursor_next", "cursorNext"]) {
    it(`follows ${cursor}`, async () => {
      serve([{ ids: [1], meta: { [cursor]: "a b&c" } }, { ids: [2] }]);
      assert.deepEqual(await ids(), ["1", "2"]);
      assert.deepEqual(queries()[1], { limit: "100", cursor: "a b&c", page: "NEXT" });
    });
  }

  for (const cursor of ["cursor_prev", "cursorPrev"]) {
    it(`follows ${cursor} backwards`, async () => {
      serve([{ ids: [3], meta: { [cursor]: "p", cursor_next: "n" } }, { ids: [2] }]);
      assert.deepEqual(await ids({ page: "PREV", cursor: "start" }), ["3", "2"]);
      assert.deepEqual(queries(), [
        { limit: "100", cursor: "start", page: "PREV" },
        { limit: "100", cursor: "p", page: "PREV" },
      ]);
    });
  }

  it("goes on after an empty page that has a cursor", async () => {
    serve([
      { ids: [1], meta: { cursor_next: "a" } },
      { ids: [], meta: { cursor_next: "b" } },
      { ids: [2] },
    ]);
    assert.deepEqual(await ids(), ["1", "2"]);
  });

  it("gives an item once that came on two pages", async () => {
    serve([{ ids: [1, 2, 2], meta: { cursor_next: "a" } }, { ids: [2, 3, 1] }]);
    assert.deepEqual(await ids(), ["1", "2", "3"]);
  });

  it("ends in an error when a cursor comes again, at once or later", async () => {
    for (const cursors of [["a"], ["a", "b", "a"]]) {
      serve(cursors.map((cursor_next, index) => ({ ids: [index], meta: { cursor_next } })));
      const { message } = await errorOf(ids());
      assert.match(message, /sent the same page cursor twice/);
      assert.ok(server.received.length <= cursors.length + 1);
    }
  });

  it("ends in an error when cursors come in turn, of which none follows itself", async () => {
    const cursors = ["a", "b", "a", "b", "a", "b"];
    serve([...cursors.map((cursor_next) => ({ ids: [1], meta: { cursor_next } })), { ids: [2] }]);
    await errorOf(ids(), ResponseError);
    assert.equal(server.received.length, 3);
  });

  it("says which request sent a cursor again, without its query", async () => {
    serve([{ ids: [1], meta: { cursor_next: "a" } }]);
    const { message } = await errorOf(ids());
    assert.match(message, /^GET \/projects\/project\/batches /);
    assert.doesNotMatch(message, /limit|\?/);
  });

  describe("on the emulator", () => {
    const test = useEmulator();

    it("lists 250 work items in 3 pages, forwards and backwards", async () => {
      const { emulator } = test;
      const client = clientOf(emulator);
      const created: string[] = [];
      for (let index = 0; index < 250; index += 1) {
        const asset = { assetUrl: `uploads/${index}`, assetType: "image" };
        created.push((await client.workItems.create(emulator.projectId, asset)).id);
      }
      await resetRequests(emulator);
      const list = async (page: "NEXT" | "PREV") =>
        (await Array.fromAsync(client.workItems.list(emulator.projectId, { page }))).map(
          ({ id }) => id,
        );
      assert.deepEqual(await list("NEXT"), created);
      assert.equal((await requests(emulator)).requests.listWorkItems, 3);
      assert.deepEqual(new Set(await list("PREV")), new Set(created));
    });
  });
});
