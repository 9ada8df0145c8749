/**
 * Makes the pictures of the README from the real product: `npm run pictures`. It needs a Chromium, which
 * `CHROMIUM_PATH` may name. It provisions a dataset on an emulator, lets people begin, changes the boxes, and takes
 * screenshots of the report and of the emulator's page.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exitCodes } from "../cli/exit-codes.ts";
import { startEmulator } from "../emulator/server.ts";
import { noBrowser, openBrowser } from "../harness/browser.ts";
import { annotate, startWork, storeOf } from "../harness/emulator.ts";
import { pulumiYaml, UserProject } from "../harness/user-project.ts";
import { ensureLibrary } from "./build-library.ts";
import { Failure, runMain } from "./main.ts";
import { projectRoot } from "./paths.ts";

const folder = join(projectRoot, "docs", "pictures");
const size = { width: 1200, height: 750 };

const photos = "examples/quickstart/photos";
const manifest = "examples/quickstart/photos.coco.json";

const program = `
import * as aidp from "pulumi-ai-data-platform";

new aidp.Dataset("photos", {
  batchName: "vision-photos-2026-12",
  batchMetadata: { owner: "vision-team" },
  folder: "${photos}",
  manifest: "${manifest}",
  defaults: { dueInSeconds: 604800, difficulty: 30 },
});
`;

interface CocoFile {
  images: { id: number; file_name: string }[];
  annotations: { image_id: number; bbox: [number, number, number, number] }[];
}

/** The boxes of a retrained model: some have moved, and one picture has lost its box. */
function retrained(text: string): string {
  const coco = JSON.parse(text) as CocoFile;
  const idOf = (name: string) => coco.images.find(({ file_name }) => file_name === name)?.id;
  const moved = [idOf("coffee.jpg"), idOf("astronaut.jpg")];
  for (const { image_id, bbox } of coco.annotations) {
    if (moved.includes(image_id)) {
      bbox.splice(0, 2, Math.max(0, bbox[0] - 24), Math.max(0, bbox[1] - 12));
    }
  }
  const lost = idOf("rocket.jpg");
  const annotations = coco.annotations.filter(({ image_id }) => image_id !== lost);
  return JSON.stringify({ ...coco, annotations });
}

await runMain(import.meta, async () => {
  await ensureLibrary();
  const browser = await openBrowser();
  if (browser === undefined) {
    throw new Failure(noBrowser);
  }
  const dataDir = mkdtempSync(join(tmpdir(), "aidp-pictures-"));
  const emulator = await startEmulator({ dataDir });
  const project = UserProject.linked({
    "Pulumi.yaml": pulumiYaml,
    "package.json": JSON.stringify({ type: "module", main: "index.mjs" }),
    "index.mjs": program,
  });
  const aidp = (...args: string[]) =>
    project.run(emulator, process.execPath, [join(projectRoot, "cli", "main.ts"), ...args]);
  try {
    mkdirSync(folder, { recursive: true });
    project.copy(photos);
    project.copy(manifest);
    await project.pulumi(emulator, "stack", "init", "prod");
    console.log(await project.pulumi(emulator, "preview"));
    await project.pulumi(emulator, "up", "--yes", "--skip-preview");
    const { workItems } = await storeOf(emulator);
    const [done, begun, shown] = workItems;
    if (done === undefined || begun === undefined || shown === undefined) {
      throw new Failure("The update made too few work items.");
    }
    await annotate(emulator, { workItemIDs: [done.id] });
    await startWork(emulator, begun.assetUrl);
    project.write(manifest, retrained(project.read(manifest)));
    project.write("index.mjs", program.replace("604800", "1209600"));
    const { code, stdout, stderr } = await aidp("preview", "--html", "report.html");
    console.log(stdout, stderr);
    if (code !== exitCodes.changed) {
      throw new Failure(`The preview ended with ${code}.`);
    }
    const page = await browser.newPage();
    await page.setViewportSize({ ...size, height: 1500 });
    await page.goto(`file://${join(project.folder, "report.html")}`);
    await page.screenshot({ path: join(folder, "report.png") });
    await page.setViewportSize(size);
    await page.goto(`${emulator.origin}/#/workItems?item=${shown.id}`);
    await page.locator("figure .box").first().waitFor();
    await page.screenshot({ path: join(folder, "emulator.png") });
  } finally {
    await browser.close();
    await emulator.close();
    project.remove();
    rmSync(dataDir, { recursive: true, force: true });
  }
  return 0;
});
