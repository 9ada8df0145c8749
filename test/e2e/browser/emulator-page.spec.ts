import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { noBrowser, openBrowser } from "../../../harness/browser.ts";
import { unknownId, until, useRawApi } from "../../emulator/support.ts";

const photos = new URL("../../../examples/quickstart/photos/", import.meta.url);

describe("emulator: page", function () {
  this.timeout(60_000);
  const test = useRawApi();
  let browser: Browser;
  let page: Page;
  /** What must not be: errors on the console, and requests to elsewhere. */
  let faults: string[];

  before(async function () {
    const launched = await openBrowser();
    if (launched === undefined) {
      process.stderr.write(`skipped: ${noBrowser}\n`);
      return this.skip();
    }
    browser = launched;
  });
  after(() => browser?.close());
  beforeEach(async () => {
    faults = [];
    page = await browser.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        faults.push(message.text());
      }
    });
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("dialog", (dialog) => faults.push(dialog.message()));
    page.on("request", (request) => {
      if (!request.url().startsWith(`${test.emulator.origin}/`)) {
        faults.push(request.url());
      }
    });
  });
  afterEach(async () => {
    await page?.close();
    assert.deepEqual(faults, []);
  });

  const open = async (hash = "") => {
    await page.goto(`${test.emulator.origin}/${hash}`);
    await page.locator("#connection.live").waitFor();
    await page.locator("#main h2").waitFor();
  };
  const row = (id: string) => page.locator(`#item-${id}`);
  const statusIn = (selector: string, status: string) =>
    page.locator(`${selector} .status.${status}`).first().waitFor();
  const openItem = async (id: string) => {
    await open(`#/workItems?item=${id}`);
    await page.locator("#item-title").waitFor();
  };

  async function uploadPhoto(name: string): Promise<string> {
    const { path, signedUrl } = await test.uploadUrl();
    const body = await readFile(new URL(name, photos));
    const headers = { "content-type": "image/jpeg" };
    assert.equal((await fetch(signedUrl, { method: "PUT", body, headers })).status, 200);
    return path;
  }

  it("shows projects, batches with their progress, and the items of a batch", async () => {
    const { id: batchId } = await test.createBatch("looked at");
    const item = await test.createItem({ batchId, assetUrl: "uploads/seen.png" });
    const other = await test.createItem();
    await test.signal(item.id, "start");
    await open();
    assert.deepEqual(await page.locator("#sidebar h2").allTextContents(), [
      "Roads",
      "Fields",
      "Shelves",
    ]);
    const batch = page.locator(`#batch-${batchId}`);
    assert.equal(await batch.locator(".name").textContent(), "looked at");
    assert.equal(
      await batch.getByRole("img").getAttribute("aria-label"),
      "0 new, 1 in progress, 0 completed, 0 failed",
    );
    await row(other.id).waitFor();
    await batch.click();
    await row(other.id).waitFor({ state: "detached" });
    assert.equal(await row(item.id).textContent(), "seen.png");
    assert.equal(await page.locator("#main h2").textContent(), "looked at");
  });

  it("shows what another client does, as it happens", async () => {
    await open();
    const { id } = await test.createItem();
    await row(id).waitFor();
    await test.signal(id, "start");
    await statusIn(`tr:has(#item-${id})`, "IN_PROGRESS");
    await row(id).click();
    await statusIn("#item-head", "IN_PROGRESS");
    await test.signal(id, "complete");
    await statusIn("#item-head", "COMPLETED");
    await test.createBatch("made meanwhile");
    await page.getByRole("link", { name: "made meanwhile" }).waitFor();
  });

  it("lets annotators finish one item, or the open ones of a batch", async () => {
    const { id: batchId } = await test.createBatch("to annotate");
    const [first, second] = [
      await test.createItem({ batchId }),
      await test.createItem({ batchId }),
    ];
    const outside = await test.createItem();
    await open(`#/workItems?batch=${batchId}&item=${first.id}`);
    await page.locator("#fail").click();
    await statusIn("#item-head", "FAILED");
    await page.locator("#annotate").click();
    await page.locator("#annotate:disabled").waitFor();
    const status = async (id: string) => (await test.storedItem(id)).status;
    await until(async () => (await status(second.id)) === "COMPLETED");
    assert.deepEqual([await status(first.id), await status(outside.id)], ["FAILED", "NEW"]);
    await page.locator(`#batch-${batchId} .bar span.COMPLETED`).waitFor();
  });

  it("draws labels and annotations where they are in the picture", async () => {
    const assetUrl = await uploadPhoto("rocket.jpg");
    const labels = [
      { bbox: [320, 64, 128, 213.5], metadata: { category: "rocket" } },
      { bbox: [0, 0, 640, 427] },
    ];
    const { id } = await test.createItem({ assetUrl, labels });
    await openItem(id);
    await page.locator(".box").nth(1).waitFor();
    await page.locator("#complete").click();
    await page.locator(".box.annotation").nth(1).waitFor();
    const image = (await page.locator("#item img").boundingBox())!;
    const scale = image.width / 640;
    for (const kind of ["label", "annotation"]) {
      for (const [index, { bbox }] of labels.entries()) {
        const box = (await page.locator(`.box.${kind}`).nth(index).boundingBox())!;
        const seen = [box.x - image.x, box.y - image.y, box.width, box.height];
        for (const [side, length] of seen.entries()) {
          assert.ok(Math.abs(length - bbox[side]! * scale) < 1, `${kind} ${index}: ${seen}`);
        }
      }
    }
    assert.match((await page.locator("#item img").getAttribute("alt"))!, /with 4 boxes/);
    assert.deepEqual(await page.locator(".box.label span").allTextContents(), ["rocket", "object"]);
  });

  it("does not load the picture anew when something else happens", async () => {
    const { id } = await test.createItem({ assetUrl: await uploadPhoto("coffee.jpg") });
    let loads = 0;
    page.on("request", (request) => {
      loads += Number(request.url().includes("/_files/"));
    });
    await openItem(id);
    await page.evaluate("document.querySelector('#item img').decode()");
    const next = await test.createItem();
    await row(next.id).waitFor();
    await test.signal(id, "start");
    await statusIn("#item-head", "IN_PROGRESS");
    assert.equal(loads, 1);
  });

  it("says so when there is no picture, and calls no other host for one", async () => {
    const remote = "https://pictures.invalid/a.png?signature=x";
    const { id } = await test.createItem({ assetUrl: remote, labels: [{ bbox: [1, 2, 3, 4] }] });
    await openItem(id);
    assert.match((await page.locator(".frame p").textContent())!, /another host/);
    await page.locator(".box").waitFor();
    const missing = await test.createItem({ assetUrl: "uploads/missing.png" });
    await openItem(missing.id);
    await page.getByText("No picture is stored").waitFor();
  });

  it("tells the history of an item, and how late it is", async () => {
    const { id } = await test.createItem({ dueInSeconds: 1 });
    await test.signal(id, "start");
    await test.call("PUT", `${test.project}/workItems/${id}/labels`, { labels: [{}, {}] });
    await test.signal(id, "release");
    const workItems = [{ workItemID: id, feedback: { comments: ["Look again"] } }];
    await test.call("POST", `${test.project}/workItems/signal`, { signal: "start", workItems });
    await openItem(id);
    const entries = page.locator(".history li");
    assert.deepEqual(await entries.locator("strong").allTextContents(), [
      "created",
      "start",
      "labels replaced by 2",
      "release",
      "start",
    ]);
    assert.deepEqual(await entries.locator(".status").allTextContents(), [
      "New",
      "In progress",
      "In progress",
      "New",
      "In progress",
    ]);
    assert.equal(await page.locator(".history blockquote").textContent(), "Look again");
    await until(async () => {
      await page.reload();
      return await page.locator("#item dd .overdue").isVisible();
    });
    await test.signal(id, "cancel");
    await statusIn("#item-head", "FAILED");
    await page.locator("#item dd .overdue").waitFor({ state: "detached" });
  });

  it("tells items that were cancelled from those that people gave up", async () => {
    const { id: batchId } = await test.createBatch("ended");
    const cancelled = await test.createItem({ batchId });
    const givenUp = await test.createItem({ batchId });
    await test.signal(cancelled.id, "cancel");
    await test.signal(givenUp.id, "start");
    await test.signal(givenUp.id, "complete", "NOT_OK");
    await openItem(cancelled.id);
    const statuses = (place: string) => page.locator(`${place} .status`).allTextContents();
    assert.deepEqual(await statuses(`tr:has(#item-${cancelled.id})`), ["Cancelled"]);
    assert.deepEqual(await statuses(`tr:has(#item-${givenUp.id})`), ["Failed"]);
    assert.deepEqual(await statuses("#item-head"), ["Cancelled"]);
    assert.deepEqual(await statuses(".history"), ["New", "Cancelled"]);
    await test.signal(cancelled.id, "reopen");
    await statusIn("#item-head", "NEW");
    assert.deepEqual(await statuses("#item-head"), ["New"]);
    assert.deepEqual(await statuses(".history"), ["New", "Cancelled", "New"]);
  });

  it("takes hostile names for what they are: text", async () => {
    const hostile = `<img src=x onerror="alert(1)"><script>alert(2)</script>"'&amp;</td>`;
    const { id: batchId } = await test.createBatch(hostile);
    const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: hostile } }, { note: hostile }];
    const assetUrl = `javascript:alert(3)//${hostile}`;
    const { id } = await test.createItem({ batchId, assetUrl, labels, metadata: { a: hostile } });
    const workItems = [{ workItemID: id, feedback: { comments: [hostile] } }];
    await test.call("POST", `${test.project}/workItems/signal`, { signal: "start", workItems });
    await fetch(`${test.emulator.url}/${encodeURI(hostile)}?${hostile}`);
    await open(`#/workItems?batch=${batchId}&item=${id}`);
    await page.locator(".history blockquote").waitFor();
    await page.locator(".box span").waitFor();
    assert.equal(await page.locator("#main h2").textContent(), hostile);
    assert.equal(await page.locator(".box span").textContent(), hostile);
    assert.equal(await page.locator(".history blockquote").textContent(), hostile);
    assert.equal(await page.locator("main img, #item img, body script").count(), 0);
    assert.equal(await page.locator('a[href*="javascript"]').count(), 0);
    await page.locator("#view-requests").click();
    await page.locator(".requests .path").first().waitFor();
    assert.equal(await page.locator("main img, main script").count(), 0);
  });

  it("lists requests with faults, without keys and signatures", async () => {
    await open("#/requests");
    const path = await uploadPhoto("chelsea.jpg");
    await test.control("POST", "/faults", { operation: "listBatches", status: 503, latencyMs: 1 });
    await test.call("GET", `${test.project}/batches?limit=7`);
    await page.getByText("Fault 1: status 503, 1 ms late").waitFor();
    const { body } = await test.control("GET", "/requests");
    const [listing] = body.items;
    const { id, at, milliseconds, ...rest } = listing;
    assert.deepEqual(rest, {
      method: "GET",
      path: `/api/v1${test.project}/batches`,
      query: "limit=7",
      status: 503,
      fault: "Fault 1: status 503, 1 ms late",
    });
    const upload = body.items.find((request: { path: string }) => request.path.endsWith(path));
    assert.match(upload.query, /^expires=\d+&method=PUT&signature=…$/);
    const html = await page.content();
    for (const { apiKey } of test.emulator.tenants) {
      assert.ok(!html.includes(apiKey) && !JSON.stringify(body).includes(apiKey));
    }
  });

  it("goes page by page", async () => {
    const { id: batchId } = await test.createBatch("long");
    const ids: string[] = [];
    for (let index = 0; index < 51; index += 1) {
      ids.push((await test.createItem({ batchId })).id);
    }
    await open(`#/workItems?batch=${batchId}`);
    await row(ids[50]!).waitFor();
    assert.equal(await page.locator(".row-link").count(), 50);
    await page.locator("#older").click();
    await row(ids[0]!).waitFor();
    assert.equal(await page.locator(".row-link").count(), 1);
    await page.locator("#newer").click();
    await row(ids[50]!).waitFor();
    await test.signal(ids[3]!, "start");
    await page.locator("#filter-IN_PROGRESS").click();
    await row(ids[50]!).waitFor({ state: "detached" });
    assert.equal(await page.locator(".row-link").count(), 1);
  });

  it("can be used by keyboard alone", async () => {
    const { id: batchId } = await test.createBatch("by keyboard");
    const older = await test.createItem({ batchId });
    const newer = await test.createItem({ batchId });
    await open(`#/workItems?batch=${batchId}`);
    await row(newer.id).waitFor();
    const focused = () => page.evaluate("document.activeElement?.id");
    await until(async () => {
      await page.keyboard.press("Tab");
      return (await focused()) === `item-${newer.id}`;
    });
    await page.keyboard.press("ArrowDown");
    assert.equal(await focused(), `item-${older.id}`);
    await test.createItem({ batchId });
    await page.locator(".row-link").nth(2).waitFor();
    assert.equal(await focused(), `item-${older.id}`);
    await page.keyboard.press("Enter");
    await until(async () => (await focused()) === "item-title");
    await page.keyboard.press("Escape");
    await until(async () => (await focused()) === `item-${older.id}`);
    assert.ok(await page.locator("#item").isHidden());
  });

  it("fits a narrow screen, where an open item stands alone", async () => {
    const name = "a-name-without-a-place-to-break-it-".repeat(5);
    const { id: batchId } = await test.createBatch(name);
    const labels = [{ bbox: [1, 2, 3, 4], metadata: { category: name } }, { note: name }];
    const { id } = await test.createItem({ batchId, assetUrl: `uploads/${name}`, labels });
    await page.setViewportSize({ width: 360, height: 740 });
    const overflow = () => page.evaluate("document.documentElement.scrollWidth - innerWidth");
    await open(`#/workItems?batch=${batchId}`);
    assert.equal(await overflow(), 0);
    await row(id).click();
    await page.locator("#item-title").waitFor();
    assert.ok(await page.locator("#main").isHidden());
    assert.equal(await overflow(), 0);
    await page.locator("#close").click();
    await page.locator("#main").waitFor();
    await page.locator("#view-requests").click();
    await page.locator(".requests").waitFor();
    assert.equal(await overflow(), 0);
    const cells = (part: string) => page.locator(`.requests ${part}:visible`).count();
    assert.equal(await cells("th"), await cells("tbody tr:first-child td"));
  });

  it("says what is refused, and stays connected", async () => {
    const { id } = await test.createItem();
    await open();
    await page.route("**/annotate", (route) =>
      route.continue({ postData: JSON.stringify({ projectId: unknownId }) }),
    );
    await page.locator("#annotate").click();
    await page.getByRole("alert").getByText(unknownId).waitFor();
    assert.equal(await page.locator("#connection.live").textContent(), "Live");
    assert.equal((await test.storedItem(id)).status, "NEW");
    const next = await test.createItem();
    await row(next.id).waitFor();
    assert.ok(await page.getByRole("alert").getByText(unknownId).isVisible());
    faults = faults.filter((fault) => !/Failed to load/.test(fault));
  });

  it("is connected again as soon as something is answered", async () => {
    await test.createItem();
    await open();
    // All of them, so that no reading that is still under way connects it again unseen.
    await page.route("**/_emulator/**", (route) => route.abort());
    await page.locator("#annotate").click();
    await page.getByText("Disconnected").waitFor();
    await page.unrouteAll();
    const { id } = await test.createItem();
    await row(id).waitFor();
    await page.locator("#connection.live").waitFor();
    faults = faults.filter((fault) => !/Failed to load/.test(fault));
  });

  it("connects again after the emulator was restarted", async () => {
    await open();
    const { port } = new URL(test.emulator.origin);
    await test.restart(() => page.getByText("Disconnected").waitFor(), Number(port));
    const { id } = await test.createItem();
    await row(id).waitFor();
    await page.locator("#connection.live").waitFor();
    // What the browser itself has to say on the lost connection.
    faults = faults.filter((fault) => !/ERR_|Failed to load/.test(fault));
  });
});
