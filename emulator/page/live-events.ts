import type { ServerResponse } from "node:http";
import type { RequestLog } from "../http/request-log.ts";
import type { Store } from "../store/store.ts";

/** However much happens, a page gets an event at most this often. */
const pauseMs = 100;

/** Sends open pages server-sent events that say that there is something new to read, but not what it is. */
export class LiveEvents {
  readonly #pages = new Set<ServerResponse>();
  readonly #news = new Set<"store" | "requests">();
  #timer: NodeJS.Timeout | undefined;

  constructor(store: Store, log: RequestLog) {
    store.changes.on("written", () => this.#add("store"));
    log.changes.on("logged", () => this.#add("requests"));
  }

  open(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 1000\n\n");
    this.#pages.add(response);
    response.once("close", () => this.#pages.delete(response));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #add(news: "store" | "requests"): void {
    if (this.#pages.size === 0) {
      return;
    }
    this.#news.add(news);
    this.#timer ??= setTimeout(() => {
      const text = `data: ${JSON.stringify([...this.#news])}\n\n`;
      this.#timer = undefined;
      this.#news.clear();
      for (const page of this.#pages) {
        page.write(text);
      }
    }, pauseMs);
  }
}
