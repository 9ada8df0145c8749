import { setTimeout as delay } from "node:timers/promises";
import type { JsonObject, WorkItem } from "../model.ts";
import type { Settings } from "../settings.ts";
import type { WebhookKeys } from "./webhook-keys.ts";

interface Delivery {
  id: number;
  workItemID: string;
  /** The URL without its query, which may hold a secret. */
  url: string;
  workItemStatus: string;
  /** REFUSED: it was not sent at all. */
  status: "PENDING" | "DELIVERED" | "FAILED" | "REFUSED";
  attempts: number;
  /** The receiver's latest status. */
  lastStatus?: number;
  error?: string;
}

interface Job {
  delivery: Delivery;
  url: URL;
  /** What the webhook says about the item, which may have much more. */
  event: JsonObject;
}

const maxRetries = 3;
const maxConcurrent = 4;
const maxQueued = 1000;
const maxUrlLength = 8192;
/** How many deliveries are remembered. */
const maxRemembered = 500;
const tooLong = `callbackUrl is longer than ${maxUrlLength} characters`;
const notHttp = "callbackUrl is not an http or https URL";

/** POSTs each change of a work item's status to the item's `metadata.callbackUrl`. */
export class Webhooks {
  readonly #settings: Settings;
  readonly #keys: WebhookKeys;
  readonly #closing: AbortSignal;
  readonly #queue: Job[] = [];
  /** By work item, so that the webhooks about one item are sent one after the other. */
  readonly #running = new Map<string, Promise<void>>();
  readonly #counts = { total: 0, delivered: 0, failed: 0, refused: 0 };
  readonly #deliveries: Delivery[] = [];

  constructor(settings: Settings, keys: WebhookKeys, closing: AbortSignal) {
    this.#settings = settings;
    this.#keys = keys;
    this.#closing = closing;
  }

  /** Queues a webhook. It returns at once and never throws: the request that moved the item must not notice. */
  announce(item: WorkItem): void {
    const { callbackUrl } = (item.fields.metadata ?? {}) as JsonObject;
    if (typeof callbackUrl !== "string" || this.#closing.aborted) {
      return;
    }
    const isShort = callbackUrl.length <= maxUrlLength;
    const url = isShort && URL.canParse(callbackUrl) ? new URL(callbackUrl) : undefined;
    const delivery = this.#remember(item, url);
    const refusal = url && this.#refusalOf(url);
    if (url === undefined || refusal !== undefined) {
      delivery.error = refusal ?? (isShort ? notHttp : tooLong);
      this.#end(delivery, "REFUSED");
      return;
    }
    const event = {
      workItemID: item.id,
      assetType: item.fields.assetType,
      assetUrl: item.fields.assetUrl,
      createdAt: new Date(item.createdAt).toISOString(),
      status: item.status,
      updatedAt: new Date(item.updatedAt).toISOString(),
    };
    this.#queue.push({ delivery, url, event });
    this.#startNext();
  }

  /** The counts of all deliveries since the start, and the latest of them, oldest first. */
  get report(): JsonObject {
    const { total, delivered, failed, refused } = this.#counts;
    const pending = total - delivered - failed - refused;
    return { total, pending, delivered, failed, refused, items: this.#deliveries };
  }

  /** Resolves once no delivery is on its way, which is at once after closing. */
  async settled(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  #refusalOf(url: URL): string | undefined {
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return notHttp;
    }
    if (url.username !== "" || url.password !== "") {
      // The error of fetch would repeat the user name and the password.
      return "callbackUrl has a user name or a password, which no request can take";
    }
    if (!this.#settings.webhooks.anyHost && !isLoopback(url.hostname)) {
      return "callbackUrl is not on this machine: the setting webhooks.anyHost allows others";
    }
    if (isLoopback(url.hostname) && url.pathname.startsWith("/_emulator/")) {
      // Otherwise a work item could operate the controls that only this machine may use.
      return "callbackUrl is a control of an emulator";
    }
    return this.#queue.length >= maxQueued ? `${maxQueued} deliveries are waiting` : undefined;
  }

  #startNext(): void {
    while (this.#running.size < maxConcurrent && !this.#closing.aborted) {
      const index = this.#queue.findIndex(
        ({ delivery }) => !this.#running.has(delivery.workItemID),
      );
      const [job] = index < 0 ? [] : this.#queue.splice(index, 1);
      if (job === undefined) {
        return;
      }
      const { workItemID } = job.delivery;
      const running = this.#deliver(job).finally(() => {
        this.#running.delete(workItemID);
        this.#startNext();
      });
      this.#running.set(workItemID, running);
    }
  }

  async #deliver(job: Job): Promise<void> {
    const { delivery } = job;
    const { retryMs } = this.#settings.webhooks;
    for (let retry = 0; !(await this.#attempt(job)); retry += 1) {
      if (retry === maxRetries || this.#closing.aborted) {
        this.#end(delivery, "FAILED");
        return;
      }
      // Closing aborts this wait, and the next attempt then fails.
      await delay(retryMs * 2 ** retry, undefined, { signal: this.#closing }).catch(() => {});
    }
    this.#end(delivery, "DELIVERED");
  }

  /** Each attempt is signed anew, because receivers refuse messages that are minutes old. */
  async #attempt({ delivery, url, event }: Job): Promise<boolean> {
    const now = new Date();
    const body = JSON.stringify({ ...event, deliveredAt: now.toISOString() });
    const { keyId, signature } = this.#keys.sign(body);
    delivery.attempts += 1;
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          "x-payload-signature": signature,
          "x-payload-key-id": keyId,
          "x-payload-timestamp": String(Math.floor(now.getTime() / 1000)),
        },
        body,
        // A redirect could lead to another host.
        redirect: "manual",
        signal: AbortSignal.any([
          this.#closing,
          AbortSignal.timeout(this.#settings.webhooks.timeoutMs),
        ]),
      });
      await response.body?.cancel();
      delivery.lastStatus = response.status;
      delete delivery.error;
      return response.ok;
    } catch (error) {
      delivery.error = reasonOf(error);
      return false;
    }
  }

  #remember(item: WorkItem, url: URL | undefined): Delivery {
    this.#counts.total += 1;
    const delivery: Delivery = {
      id: this.#counts.total,
      workItemID: item.id,
      url: url === undefined ? "" : `${url.protocol}//${url.host}${url.pathname}`,
      workItemStatus: item.status,
      status: "PENDING",
      attempts: 0,
    };
    this.#deliveries.push(delivery);
    if (this.#deliveries.length > maxRemembered) {
      this.#deliveries.shift();
    }
    return delivery;
  }

  #end(delivery: Delivery, status: "DELIVERED" | "FAILED" | "REFUSED"): void {
    delivery.status = status;
    const counts = { DELIVERED: "delivered", FAILED: "failed", REFUSED: "refused" } as const;
    this.#counts[counts[status]] += 1;
  }
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** The message of fetch itself says only that it failed, so this takes the cause. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error && cause.message !== "" ? cause.message : message;
}
