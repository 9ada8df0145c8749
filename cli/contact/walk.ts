import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Operation } from "../../provider/api/routes.ts";
import { isEqual } from "../../provider/lifecycle/diff.ts";
import { Refusal } from "../../provider/lifecycle/lifecycle.ts";
import { isObject } from "../../provider/lifecycle/plain.ts";
import { Findings } from "./findings.ts";
import type { Wire, WireAnswer } from "./wire.ts";

type Json = Record<string, unknown>;

/** Other routes to try for operations that only read, if the usual route does not exist. */
const otherRoutes: Partial<Record<Operation, readonly string[]>> = {
  listProjects: ["GET /spaces/{spaceId}/project", "GET /projects"],
  getProject: ["GET /spaces/{spaceId}/project/{projectId}", "GET /projects/{projectId}"],
  createUploadUrls: [
    "POST /spaces/{spaceId}/signedurls/upload",
    "GET /spaces/{spaceId}/signedurls/upload",
  ],
};

/** How long a change may take to show. */
const laterMs = 1_500;
/** How long to wait for a deadline that counts down to show that it does. */
const waitMs = 1_200;

const longText = "x".repeat(300);
const metadata = { row: 17, isHard: true, none: null, empty: {}, b: 1, a: 2, text: longText };
const labels = [
  { bbox: [1.25, 2.125, 30.5625, 40.5], metadata: { category: "one" } },
  { bbox: [100, 100, 10, 10], metadata: { category: "two" } },
];

/**
 * Performs every operation once, in a project that nobody needs. It makes one batch and two work items, and cancels
 * these. It compares each answer with what the emulator answers by default.
 */
export class Walk {
  readonly findings = new Findings();
  readonly #wire: Wire;
  readonly #place: { spaceId: string; projectId: string };
  readonly #tell: (step: string) => void;

  constructor(
    wire: Wire,
    place: { spaceId: string; projectId: string },
    tell: (step: string) => void,
  ) {
    this.#wire = wire;
    this.#place = place;
    this.#tell = tell;
  }

  async run(): Promise<void> {
    await this.#readPlaces();
    const path = await this.#uploadPath();
    const batch = await this.#batch();
    await this.#workItems(batch, path);
    await this.#exports();
  }

  /** Refuses a project that has work items, because they are somebody's work. */
  async refuseUsed(): Promise<void> {
    const { status, body } = await this.#wire.ask("listWorkItems", this.#place, {
      query: { limit: "1" },
    });
    if (status !== 200) {
      throw new Refusal(
        `listWorkItems answered ${status}: check aidp:baseUrl, the key and --project with \`aidp doctor\``,
      );
    }
    if (itemsOf(body).length > 0) {
      throw new Refusal(
        "the project has work items: use one that is empty, as this makes, labels and cancels some",
      );
    }
  }

  async #readPlaces(): Promise<void> {
    this.#tell("reads spaces, projects and batches");
    await this.#ask("listProjects", {});
    await this.#ask("getProject", {});
    const batches = await this.#ask("listBatches", {});
    this.#list(batches);
  }

  async #uploadPath(): Promise<string> {
    this.#tell("asks for a signed URL, and sends nothing there");
    const { body } = await this.#ask("createUploadUrls", {}, { query: { count: "1" } });
    const [first] = itemsOf(body);
    const path = String(first?.path ?? `uploads/${randomUUID()}`);
    await this.#ask("createReadUrls", {}, { json: { paths: [path] } });
    return path;
  }

  /** Makes a batch that nobody renames, because the platform cannot delete it. */
  async #batch(): Promise<Json> {
    this.#tell("makes a batch, and changes its metadata");
    const name = ` Contact ${new Date().toISOString()} `;
    const made = await this.#ask("createBatch", {}, { json: { name } });
    this.findings.speaks("created-200", made.status === 200);
    const batch = objectIn(made.body);
    if (batch.id === undefined) {
      return {};
    }
    this.findings.left.push(`the batch "${name.trim()}", as the platform deletes none`);
    this.findings.speaks("ids-as-text", typeof batch.id === "string" && made.type.includes("json"));
    const again = await this.#ask("createBatch", {}, { json: { name } });
    this.findings.speaks("name-taken-422", again.status === 422);
    this.findings.speaks("name-taken-400", again.status === 400);
    this.#errorForm(again);
    const parameters = { batchId: String(batch.id) };
    const first = { metadata: { owner: "contact", gone: "soon" } };
    const answer = await this.#ask("updateBatch", parameters, { json: first });
    this.findings.speaks("changes-204", answer.status === 204);
    await this.#ask("updateBatch", parameters, { json: { metadata: { owner: "contact" } } });
    const listed = itemsOf((await this.#ask("listBatches", {}, { query: { limit: "100" } })).body);
    const now = listed.find(({ id }) => String(id) === String(batch.id)) ?? {};
    const kept = objectIn(now.metadata);
    this.findings.speaks("batch-metadata-merged", kept.gone !== undefined);
    const others = Object.keys(kept).filter((key) => !["owner", "gone"].includes(key));
    this.findings.speaks("batch-metadata-more", others.length > 0);
    this.findings.speaks("batch-counts-missing", now.totalCount === undefined);
    this.findings.speaks(
      "batch-metadata-in-lists-only",
      answer.status !== 204 && objectIn(answer.body).metadata === undefined,
    );
    this.findings.speaks("names-trimmed", now.name === name.trim());
    this.findings.speaks("names-folded", String(now.name) === name.toLowerCase());
    this.findings.speaks("more-fields", batch.priority !== undefined);
    return { ...batch, ...now };
  }

  async #workItems(batch: Json, path: string): Promise<void> {
    this.#tell("makes two work items, reads them, labels one, and cancels both");
    const place = batch.id === undefined ? {} : { batchId: Number(batch.id) };
    const full = { assetUrl: path, assetType: "image", metadata, labels, dueInSeconds: 3600 };
    const made = await this.#ask("createWorkItem", {}, { json: { ...full, ...place } });
    if (isRefused(made)) {
      return;
    }
    const plain = { assetUrl: "contact/plain.png", assetType: "image" };
    const other = await this.#ask("createWorkItem", {}, { json: plain });
    const answered = objectIn(made.body);
    this.findings.speaks("created-200", made.status === 200);
    this.findings.speaks("created-202-empty", made.status === 202 && made.body === undefined);
    this.findings.speaks(
      "created-id-only",
      answered.id !== undefined && answered.assetUrl === undefined,
    );
    const listed = itemsOf(
      (await this.#ask("listWorkItems", {}, { query: { limit: "100" } })).body,
    );
    const item = listed.find(({ assetUrl }) =>
      String(assetUrl).includes(path.split("/").at(-1) ?? path),
    );
    const second = listed.find((each) => each !== item);
    const ids = [item?.id, second?.id].flatMap((id) => (id === undefined ? [] : [String(id)]));
    if (item === undefined || second === undefined) {
      this.findings.problems.push("a work item that was made is not listed: cancel it by hand");
      return;
    }
    this.#normalForm(item, path);
    this.#filledIn(second, objectIn(other.body));
    await this.#filters(batch, ids);
    await this.#relabel(String(item.id));
    await this.#later(String(item.id), item);
    await this.#signals(ids);
  }

  /** Compares a work item with what was sent. */
  #normalForm(item: Json, path: string): void {
    const { findings } = this;
    const url = String(item.assetUrl);
    findings.speaks("asset-full-url", url !== path && URL.canParse(url) && !url.includes("?"));
    findings.speaks("asset-signed-url", url !== path && url.includes("?"));
    findings.speaks("asset-type-folded", item.assetType !== "image");
    const now = objectIn(item.metadata);
    findings.speaks("metadata-dropped", item.metadata == null);
    const known = Object.keys(now).filter((key) => key in metadata);
    const isSorted = isEqual(
      known,
      Object.keys(metadata).filter((key) => key in now),
    );
    findings.speaks("metadata-sorted", item.metadata != null && !isSorted);
    findings.speaks("metadata-without-nulls", item.metadata != null && !("none" in now));
    findings.speaks("metadata-as-text", now.row === "17");
    findings.speaks("metadata-empty-null", "empty" in now && now.empty === null);
    findings.speaks(
      "metadata-more",
      Object.keys(now).some((key) => !(key in metadata)),
    );
    const kept = typeof now.text === "string" ? now.text.length : longText.length;
    findings.speaks("metadata-cut-255", kept === 255);
    if (kept < 255) {
      findings.speaks("metadata-cut-40", true);
    }
    findings.speaks("due-moment", item.dueInSeconds === undefined && item.dueAt !== undefined);
    findings.speaks("seconds-only", /:\d\d(\.000)?Z$/.test(String(item.createdAt)));
    this.#labelForm(Array.isArray(item.labels) ? item.labels : []);
  }

  #labelForm(now: unknown[]): void {
    const boxes = now.map((label) => objectIn(label));
    const first = boxes.find(({ bbox }) => Array.isArray(bbox) && Number(bbox[0]) < 50) ?? {};
    const [x, y] = Array.isArray(first.bbox) ? first.bbox.map(Number) : [];
    this.findings.speaks("labels-with-ids", "id" in first);
    this.findings.speaks("labels-whole", x === 1);
    this.findings.speaks("labels-two-digits", x === 1.25 && y !== undefined && y !== 2.125);
    this.findings.speaks("labels-reordered", boxes.length > 1 && boxes.indexOf(first) !== 0);
    this.findings.speaks(
      "labels-without-metadata",
      "bbox" in first && first.metadata === undefined,
    );
  }

  #filledIn(item: Json, answered: Json): void {
    this.findings.speaks("filled-in", item.difficulty != null || answered.difficulty != null);
    this.findings.speaks("default-batch-null", item.batchId === null);
    this.findings.speaks("labels-empty", Array.isArray(item.labels) && item.labels.length === 0);
  }

  async #filters(batch: Json, ids: readonly string[]): Promise<void> {
    const { findings } = this;
    const list = (query: Record<string, string | string[]>) =>
      this.#ask("listWorkItems", {}, { query });
    const [first = ""] = ids;
    const unknown = await list({ workItemIDs: [first, randomUUID()] });
    findings.speaks("unknown-ids-404", unknown.status === 404);
    const one = itemsOf((await list({ workItemIDs: [first] })).body);
    findings.speaks("ids-ignored", one.length > 1);
    const ofBatch = itemsOf((await list({ batchIds: [String(batch.id)] })).body);
    findings.speaks("batches-ignored", ofBatch.length > 1);
    findings.speaks(
      "status-ignored",
      itemsOf((await list({ status: "COMPLETED" })).body).length > 0,
    );
    const soon = new Date(Date.now() + 24 * 3600 * 1000).toISOString();
    findings.speaks(
      "created-ignored",
      itemsOf((await list({ createdAtFrom: soon })).body).length > 0,
    );
    const [item] = one.filter(({ id }) => String(id) === first);
    const since = itemsOf((await list({ createdAtFrom: String(item?.createdAt) })).body);
    findings.speaks("created-exclusive", !since.some(({ id }) => String(id) === first));
    const both = itemsOf((await list({ limit: "100" })).body).map(({ id }) => String(id));
    findings.speaks("newest-first", both.indexOf(ids[0] ?? "") > both.indexOf(ids[1] ?? ""));
    const page = await list({ limit: "1" });
    const meta = objectIn(objectIn(page.body).meta ?? objectIn(objectIn(page.body).data).meta);
    findings.speaks("cursors-camel-case", "cursorNext" in meta);
    this.#list(page);
  }

  async #relabel(workItemId: string): Promise<void> {
    await this.#ask("setLabels", { workItemId }, { json: { labels: labels.slice(0, 1) } });
    await this.#ask("getAnnotation", { workItemId }, { query: { format: "coco" } }, true);
  }

  async #later(workItemId: string, item: Json): Promise<void> {
    await delay(waitMs);
    const now = await this.#item(workItemId);
    this.findings.speaks("due-left", Number(now?.dueInSeconds) < 3600 && item.dueAt === undefined);
  }

  async #signals(ids: readonly string[]): Promise<void> {
    const { findings } = this;
    const [first = ""] = ids;
    const work = { taskType: "labeling", signalOutcome: "OK" };
    const ofOne = { workItemId: first };
    const started = await this.#ask("signalWorkItem", ofOne, {
      json: { signal: "start", ...work },
    });
    findings.speaks("changes-204", started.status === 204);
    const workItems = ids.map((workItemID) => ({ workItemID }));
    const json = { signal: "cancel", workItems };
    const cancelled = await this.#ask("signalWorkItems", {}, { json });
    findings.speaks("signals-each", cancelled.status === 207);
    const soon = await this.#item(first);
    await delay(laterMs);
    const now = await this.#item(first);
    findings.speaks("signals-later", cancelled.status === 202 || soon?.status !== now?.status);
    findings.speaks("cancel-unlisted", now === undefined);
    findings.speaks("cancel-status", now !== undefined && /^cancel/i.test(String(now.status)));
    if (now !== undefined && ["NEW", "IN_PROGRESS"].includes(String(now.status))) {
      findings.problems.push(
        `the two work items are still ${String(now.status)} after the signal to cancel them: cancel them by hand`,
      );
    }
    const again = await this.#ask("signalWorkItems", {}, { json });
    findings.speaks("signal-refused-422", again.status === 422);
    const unknown = { signal: "cancel", workItems: [{ workItemID: randomUUID() }] };
    const { status } = await this.#ask("signalWorkItems", {}, { json: unknown }, true);
    findings.speaks("unknown-400", status === 400);
  }

  async #exports(): Promise<void> {
    this.#tell("makes an export, and deletes it");
    const { projectId } = this.#place;
    const input = {
      name: "contact",
      format: "JSON",
      content: "ANNOTATION",
      projectIds: [projectId],
    };
    const made = await this.#ask("createExport", {}, { json: input });
    await this.#ask("listExports", {});
    const { exportId } = objectIn(made.body);
    if (exportId === undefined) {
      return;
    }
    const parameters = { exportId: String(exportId) };
    await this.#ask("getExport", parameters);
    await this.#ask("deleteExport", parameters);
  }

  async #item(workItemId: string): Promise<Json | undefined> {
    const { body } = await this.#ask("listWorkItems", {}, { query: { limit: "100" } });
    return itemsOf(body).find(({ id }) => String(id) === workItemId);
  }

  /** Notes the form of a list. */
  #list({ body }: WireAnswer): void {
    const object = body as Json | undefined;
    this.findings.speaks("data-lists", Array.isArray(object?.data));
    this.findings.speaks("data-envelope", Array.isArray(objectIn(object?.data).items));
  }

  /** Notes the form of an error. */
  #errorForm({ status, type, body }: WireAnswer): void {
    if (status < 400) {
      return;
    }
    this.findings.speaks("errors-html", type.includes("html"));
    this.findings.speaks("errors-text", body === undefined && !type.includes("html"));
    this.findings.speaks("errors-problem", type.includes("problem+json"));
  }

  /**
   * Asks once. If an operation that only reads is not there, it tries the other routes. `isMissing`: what it asks for
   * may not exist, so a 404 counts as an answer.
   */
  async #ask(
    operation: Operation,
    parameters: Record<string, string>,
    request: Parameters<Wire["ask"]>[2] = {},
    isMissing = false,
  ): Promise<WireAnswer> {
    const all = { ...this.#place, ...parameters };
    const answer = await this.#wire.ask(operation, all, request);
    const known = this.findings.operations[operation];
    if (known === "not there") {
      return answer;
    }
    if (!isNotThere(answer) || isMissing || known === "answered") {
      const outcome = answer.status < 400 || isMissing ? "answered" : "refused";
      this.findings.operations[operation] = known === "answered" ? known : outcome;
      return answer;
    }
    for (const route of otherRoutes[operation] ?? []) {
      const [method = "", path = ""] = route.split(" ");
      const other = await this.#wire.ask(operation, all, request, { method, path });
      if (other.status < 400) {
        this.findings.operations[operation] = "answered";
        this.findings.routes[operation] = route;
        return other;
      }
    }
    this.findings.operations[operation] = "not there";
    return answer;
  }
}

function isNotThere({ status }: WireAnswer): boolean {
  return status === 404 || status === 405 || status === 501;
}

function isRefused({ status }: WireAnswer): boolean {
  return status >= 400;
}

function objectIn(value: unknown): Json {
  const object = isObject(value) ? value : {};
  const { data } = object as Json;
  // An envelope has no other entry.
  return Object.keys(object).length === 1 && data !== undefined ? objectIn(data) : (object as Json);
}

function itemsOf(body: unknown): Json[] {
  const object = (typeof body === "object" && body !== null ? body : {}) as Json;
  const items = object.items ?? object.data ?? [];
  return Array.isArray(items) ? (items as Json[]) : itemsOf(items);
}
