import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { annotate, type Stored, storeOf } from "../../harness/emulator.ts";
import { UserProject } from "../../harness/user-project.ts";
import { projectRoot } from "../../scripts/paths.ts";
import { useEmulator } from "../support/emulator.ts";
import { isAll } from "../support/tier.ts";

/** What the platform has of an example, and what the stack says. */
interface Made extends Stored {
  outputs: Record<string, unknown>;
}

interface Example {
  batch: string;
  /** How many work items it declares. */
  size: number;
  /** Holds what was made to what the program declares. */
  verify(made: Made): void;
  /** The stack. Default: `test`. */
  stack?: string;
  /** Options of preview and update. */
  options?: readonly string[];
  /** Whether the update waits for people. */
  waits?: true;
}

const day = 24 * 60 * 60;
const pack = "node_modules/pulumi-ai-data-platform/policy/main.mjs";

/** By the folder of their `Pulumi.yaml`. */
const examples: Record<string, Example> = {
  // The quickstart, which is the program of the root.
  ".": { batch: "vision-quickstart-2026-12", size: 6, verify: verifyPhotos },
  "examples/coco-dataset": { batch: "vision-photos-2026-12", size: 6, verify: verifyPhotos },
  "examples/pre-labelled": {
    batch: "vision-pre-labelled-2026-12",
    size: 4,
    verify({ workItems }) {
      const lines = read("examples/pre-labelled/predictions.jsonl").trim().split("\n");
      const difficulties = [20, 80, 50, 80];
      assert.deepEqual(
        byAsset(workItems, ({ labels, difficulty }) => ({ labels, difficulty })),
        lines
          .map((line) => JSON.parse(line))
          .map(({ assetUrl, labels }, index) => [
            assetUrl,
            { labels, difficulty: difficulties[index] },
          ])
          .sort(),
      );
    },
  },
  "examples/gitops": {
    batch: "vision-signs-2026-12",
    size: 6,
    stack: "prod",
    options: [...["--policy-pack", `../../${pack}`], ...["--policy-pack-config", "policies.json"]],
    verify({ workItems }) {
      for (const { dueInSeconds, metadata } of workItems) {
        assert.equal(dueInSeconds, 5 * day, "the setting of the stack file");
        assert.equal(metadata?.owner, "vision-team");
      }
    },
  },
  "examples/training-gate": {
    batch: "vision-training-2026-12",
    size: 4,
    waits: true,
    verify({ workItems, files, outputs }) {
      assert.deepEqual(new Set(workItems.map(({ status }) => status)), new Set(["COMPLETED"]));
      const trainedOn = outputs.trainedOn as string[];
      assert.equal(new Set(trainedOn).size, 4);
      assert.ok(trainedOn.every((path) => files.some((file) => file.path === path)));
    },
  },
};

/** Examples that a spec of their own runs, as there is more to them. */
const elsewhere: Record<string, string> = {
  "examples/commonjs": "test/slow/commonjs.spec.ts",
  "examples/python": "test/slow/languages.spec.ts",
  "examples/yaml": "test/e2e/plugin.spec.ts",
  "examples/sharded": "test/slow/sharded.spec.ts",
  "examples/with-policies": "test/slow/own-policies.spec.ts",
};

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}

/** What the work items have, by asset. */
function byAsset<T>(
  items: Stored["workItems"],
  of: (item: Stored["workItems"][number]) => T,
): (readonly [string, T])[] {
  return items.map((item) => [item.assetUrl, of(item)] as const).sort();
}

/** Every photograph of the quickstart is a work item with the boxes of the COCO file. */
function verifyPhotos({ workItems, files }: Made): void {
  const folder = "examples/quickstart";
  const coco = JSON.parse(read(`${folder}/photos.coco.json`)) as {
    images: { id: number; file_name: string }[];
    annotations: { image_id: number; bbox: number[] }[];
  };
  const paths = new Map(files.map(({ sha256, path }) => [sha256, path]));
  for (const { id, file_name } of coco.images) {
    const bytes = readFileSync(join(projectRoot, folder, "photos", file_name));
    const path = paths.get(createHash("sha256").update(bytes).digest("hex"));
    const item = workItems.find(({ assetUrl }) => assetUrl === path);
    assert.ok(item, `${file_name} is uploaded, and in a work item`);
    assert.equal(item.dueInSeconds, 7 * day);
    assert.deepEqual(
      item.labels?.map(({ bbox }) => bbox),
      coco.annotations.filter(({ image_id }) => image_id === id).map(({ bbox }) => bbox),
    );
  }
}

describe("the examples on a real engine", function () {
  this.timeout(180_000);
  const other = useEmulator();
  let project: UserProject;

  before(() => {
    project = UserProject.linked({});
    for (const part of ["Pulumi.yaml", "examples"]) {
      project.copy(part);
    }
  });
  after(() => project.remove());

  async function madeOf(batch: string): Promise<Stored> {
    const { batches, workItems, files } = await storeOf(other.emulator);
    const found = batches.filter(({ name }) => name === batch);
    const ids = found.map(({ id }) => id);
    return {
      batches: found,
      workItems: workItems.filter(({ batchId }) => ids.includes(batchId)),
      files,
    };
  }

  /** Lets people finish all items of a batch, once they are there. */
  async function peopleFinish({ batch, size }: Example): Promise<void> {
    while ((await madeOf(batch)).workItems.length < size) {
      await delay(20);
    }
    await annotate(other.emulator);
  }

  it("are all run", () => {
    const found = globSync(["Pulumi.yaml", "examples/*/Pulumi.yaml"], { cwd: projectRoot });
    assert.deepEqual(
      found.map(dirname).sort(),
      [...Object.keys(examples), ...Object.keys(elsewhere)].sort(),
    );
    for (const [example, spec] of Object.entries(elsewhere)) {
      assert.ok(read(spec).includes(`"${example}"`), `${spec} runs ${example}`);
    }
  });

  // The quickstart is what people see first; the others are run in `npm run test:all`.
  const meant = Object.entries(examples).filter(([folder]) => isAll || folder === ".");
  for (const [folder, example] of meant) {
    it(`${folder}: preview, update, no second change, destroy`, async () => {
      const { batch, size, verify, stack = "test", options = [] } = example;
      const pulumi = (...args: string[]) => project.pulumi(other.emulator, "-C", folder, ...args);
      await pulumi("stack", "init", stack);
      if (existsSync(join(projectRoot, folder, `Pulumi.${stack}.yaml`))) {
        // Its ids come before those of the environment.
        await pulumi("config", "set", "aidp:projectId", other.emulator.projectId);
        await pulumi("config", "set", "aidp:spaceId", other.emulator.spaceId);
      }

      await pulumi("preview", ...options);
      assert.deepEqual((await madeOf(batch)).batches, []);

      const update = pulumi("up", "--yes", "--skip-preview", ...options);
      if (example.waits) {
        await Promise.race([peopleFinish(example), update]);
      }
      await update;
      const made = await madeOf(batch);
      assert.equal(made.batches[0]?.metadata.owner, "vision-team");
      assert.equal(made.workItems.length, size);
      verify({ ...made, outputs: JSON.parse(await pulumi("stack", "output", "--json")) });

      await pulumi("preview", "--expect-no-changes", ...options);

      await pulumi("destroy", "--yes", "--skip-preview");
      const open = (await madeOf(batch)).workItems.filter(({ status }) =>
        /^(NEW|IN_PROGRESS)$/.test(status),
      );
      assert.deepEqual(open, []);
    });
  }
});
