import assert from "node:assert/strict";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import sharp from "sharp";
import { noBrowser, openBrowser } from "../../../harness/browser.ts";
import { readManifest } from "../../../provider/manifests/manifest.ts";
import { renderHtml } from "../../../report/html/page.ts";
import { projectRoot } from "../../../scripts/paths.ts";
import { declaredFiles, findingOf, step, texts } from "../../support/findings.ts";

const quickstart = join(projectRoot, "examples/quickstart");

/** Texts that are hard to read on what is behind them, as JavaScript of the page. */
const pale = `(() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const luminance = (color) => {
    const [r, g, b] = [...rgba(color)].slice(0, 3).map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const color = getComputedStyle(element).backgroundColor;
    return rgba(color)[3] === 255 ? color : behind(element.parentElement);
  };
  return [...document.querySelectorAll("body *")]
    .filter((each) => each.checkVisibility() && !each.closest("svg, script"))
    .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .flatMap((each) => {
      const [one, other] = [getComputedStyle(each).color, behind(each)].map(luminance);
      const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      return ratio < 4.5 ? [each.outerHTML.slice(0, 80) + " " + ratio.toFixed(2)] : [];
    });
})()`;

describe("report: page in a browser", () => {
  const root = mkdtempSync(join(tmpdir(), "aidp-page-"));
  const file = join(root, "report.html");
  let browser: Browser | undefined;
  let page: Page;
  const complaints: string[] = [];

  before(async function () {
    browser = await openBrowser();
    if (browser === undefined) {
      process.stderr.write(`skipped: ${noBrowser}\n`);
      return this.skip();
    }
    const folder = join(root, "photos");
    cpSync(join(quickstart, "photos"), folder, { recursive: true });
    // Lies on its side, and is seen upright: 100 by 200.
    await sharp({ create: { width: 200, height: 100, channels: 3, background: "#00f" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toFile(join(folder, "turned.jpg"));
    const files = await declaredFiles(folder);
    const manifest = join(quickstart, "photos.coco.json");
    const coco = Object.fromEntries(await Array.fromAsync(readManifest(manifest)));
    const box = (x: number) => ({ bbox: [x, 20, 30, 40], metadata: { category: "sign" } });
    const many = Object.fromEntries(
      Array.from({ length: 100 }, (_, number) => [`frame-${number}`, { assetUrl: `${number}` }]),
    );
    const set = (items: Record<string, object>) => ({
      inputs: { projectId: "p", batchId: "17", items: texts(items) },
    });
    const { "rocket.jpg": rocket, "coins.png": coins, ...others } = coco;
    const old = {
      turned: { file: "turned.jpg", labels: [box(10), box(20)] },
      "rocket.jpg": { ...rocket, difficulty: 1 },
      "coins.png": { ...coins },
    };
    const ids = { turned: "1", "rocket.jpg": "2", "coins.png": "3" };
    const next = {
      ...others,
      turned: { file: "turned.jpg", labels: [box(10)] },
      "rocket.jpg": { ...rocket, difficulty: 2 },
    };
    const { report, files: local } = findingOf(
      [
        step("UploadSet", "photos", { inputs: { folder: "photos", files } }),
        step("WorkItemSet", "photos", set(next), {
          ...set(old),
          outputs: { ids, statusOf: { "rocket.jpg": "IN_PROGRESS", turned: "COMPLETED" } },
        }),
        step("WorkItemSet", "many", { inputs: { projectId: "p", items: texts(many) } }),
      ],
      root,
    );
    const warnings = [{ text: "look" }];
    const limits = [{ option: "--max-at-risk", limit: 0, found: 1 }];
    writeFileSync(file, await renderHtml({ ...report, warnings, limits }, local));
    page = await opened();
  });
  after(async () => {
    await browser?.close();
    rmSync(root, { recursive: true });
  });

  async function opened(options: BrowserContextOptions = {}, hash = ""): Promise<Page> {
    assert.ok(browser);
    const tab = await (await browser.newContext(options)).newPage();
    tab.setDefaultTimeout(10_000);
    tab.on("console", (message) => complaints.push(message.text()));
    tab.on("pageerror", (error) => complaints.push(String(error)));
    tab.on("request", (request) => {
      if (!/^(file|data):/.test(request.url())) {
        complaints.push(request.url());
      }
    });
    await tab.goto(pathToFileURL(file).href + hash);
    return tab;
  }

  const keys = () => page.locator("#cards h3").allTextContents();
  const status = () => page.getByRole("status").textContent();

  it("draws boxes where they are on the picture, as people see it", async () => {
    const picture = page.getByRole("img", { name: "turned, after, 1 box: sign" });
    const image = page.getByRole("img", { name: "turned, before, 2 boxes: sign" }).locator("image");
    const box = await picture.locator("rect").boundingBox();
    const all = await picture.locator("use").boundingBox();
    assert.ok(box && all);
    assert.ok(Math.abs(all.height / all.width - 2) < 0.01, "the picture is not upright");
    const scale = all.width / 100;
    // The line around a box has a width of its own.
    const near = (one: number, other: number) =>
      assert.ok(Math.abs(one - other) < 3, `${one} ${other}`);
    near(box.x - all.x, 10 * scale);
    near(box.y - all.y, 20 * scale);
    near(box.width, 30 * scale);
    near(box.height, 40 * scale);
    assert.match((await image.getAttribute("href")) ?? "", /^data:image\/webp;base64,/);
    const shown = await picture.screenshot();
    const { data, info } = await sharp(shown).raw().toBuffer({ resolveWithObject: true });
    const middle =
      (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * info.channels;
    assert.deepEqual(
      [...data.subarray(middle, middle + 3)].map((part) => part > 200),
      [false, false, true],
    );
  });

  it("shows old and new side by side where they look different, and what is at risk first", async () => {
    assert.deepEqual((await keys()).slice(0, 3), ["rocket.jpg", "turned", "coins.png"]);
    const [risk, relabelled, cancelled] = await page.locator(".card").all();
    assert.equal(await risk?.locator("figure").count(), 1);
    assert.match(
      (await risk?.textContent()) ?? "",
      /Work at risk\. IN_PROGRESS: .*difficulty 1 → 2/s,
    );
    assert.match((await cancelled?.textContent()) ?? "", /cancelled.*24 boxes: coin/s);
    assert.deepEqual(await relabelled?.locator("figure b").allTextContents(), ["Before", "After"]);
    assert.equal(await relabelled?.locator("rect.removed").count(), 1);
  });

  it("filters by the keyboard alone, tells how many are left, and keeps that in the link", async () => {
    await page.keyboard.press("Tab");
    assert.equal(await page.locator(":focus").textContent(), "Skip to the work items");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("FRAME-1");
    assert.equal(await status(), "11 matching work items");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.press("Delete");
    assert.equal(await status(), "The first 60 of 107 work items");
    await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowDown");
    assert.equal(await status(), "7 matching work items");
    await page.getByRole("checkbox", { name: "relabelled 1" }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await keys(), ["turned"]);
    assert.equal(await status(), "1 matching work item");
    const { hash } = new URL(page.url());
    const again = await opened({}, hash);
    assert.deepEqual(await again.locator("#cards h3").allTextContents(), ["turned"]);
    await page.getByRole("button", { name: "Clear" }).focus();
    await page.keyboard.press("Enter");
    await page.getByText("The first 60 of 107 work items").waitFor();
    await page.getByRole("checkbox", { name: "work at risk 1" }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await keys(), ["rocket.jpg"]);
    await page.getByRole("checkbox", { name: "other labels though begun or finished 1" }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await keys(), ["rocket.jpg", "turned"]);
    await page.getByRole("checkbox", { name: "work at risk 1" }).focus();
    await page.keyboard.press("Space");
    assert.deepEqual(await keys(), ["turned"]);
    await page.getByRole("button", { name: "Clear" }).press("Enter");
    await page.getByText("The first 60 of 107 work items").waitFor();
  });

  it("shows more on request, and goes there", async () => {
    await page.getByRole("button", { name: "Show 47 more" }).press("Enter");
    assert.equal(await page.locator("#cards > li").count(), 107);
    assert.equal(await page.locator(":focus").textContent(), (await keys())[60]);
    assert.equal(await page.getByRole("button", { name: /more/ }).count(), 0);
    assert.equal(await status(), "107 work items");
  });

  it("can be read, in light and in dark, at any width", async () => {
    const backgrounds = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      const tab = await opened({ colorScheme, viewport: { width: 360, height: 700 } });
      await tab.locator("summary").first().click();
      assert.deepEqual(await tab.evaluate(pale), []);
      backgrounds.add(await tab.evaluate("getComputedStyle(document.body).backgroundColor"));
      assert.equal(await tab.evaluate("document.documentElement.scrollWidth"), 360);
    }
    assert.equal(backgrounds.size, 2);
  });

  it("has a name for each picture and control, its parts and its headings in order", async () => {
    const nameless = `[...document.querySelectorAll("svg[role=img], input, select, button, summary, a")].filter(
      (each) => !(each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent).trim(),
    ).length`;
    assert.equal(await page.evaluate(nameless), 0);
    const levels = await page.evaluate<number[]>(
      `[...document.querySelectorAll("h1, h2, h3")].map((each) => Number(each.tagName[1]))`,
    );
    assert.equal(levels[0], 1);
    assert.ok(levels.every((level, index) => level - (levels[index - 1] ?? 0) <= 1));
    for (const role of ["banner", "main", "contentinfo", "search"] as const) {
      assert.equal(await page.getByRole(role).count(), 1, role);
    }
    const ids = await page.evaluate<string[]>(
      `[...document.querySelectorAll("[id]")].map(({ id }) => id)`,
    );
    assert.equal(new Set(ids).size, ids.length);
  });

  it("shows the first items without JavaScript, and no control that would do nothing", async () => {
    const tab = await opened({ javaScriptEnabled: false });
    assert.equal(await tab.locator("#cards > li").count(), 60);
    assert.equal(await tab.locator("#filters, #more").filter({ visible: true }).count(), 0);
    assert.equal(
      await tab.getByRole("status").textContent(),
      "60 of 107 work items are shown. The others need JavaScript.",
    );
  });

  it("runs without errors, and asks no network for anything", () => {
    assert.deepEqual(complaints, []);
  });
});
