/** What can be changed while the emulator runs. Settings are kept in memory only. */
export interface Settings {
  /** A delay that is added to every API and file request. */
  latencyMs: number;
  /** How long a new work item stays out of lists, and a new file unreadable. */
  consistencyDelayMs: number;
  signedUrlLifetimeSeconds: number;
  /** How long an export runs. Null: it completes at the second GET of it or of a list, so that nobody has to wait. */
  exportDurationMs: number | null;
  /** The error text with which exports fail when they come to their end. Null: they do not fail. */
  exportError: string | null;
  /** Packs the file of an export into a ZIP archive, as the vendor's client says the service does. */
  exportZip: boolean;
  webhooks: WebhookSettings;
  /** How far the platform's clock is ahead of this machine's. */
  clockAheadMs: number;
  /** Open questions that the emulator answers differently from its default, by the names in `dialects/table.ts`. */
  dialects: string[];
  rateLimit: RateLimit | null;
}

export interface RateLimit {
  perSecond: number;
  /** Null: a refusal does not say when to come back. */
  retryAfterSeconds: number | null;
  /** A bucket that holds one second's worth of requests, or a count for each second of the clock. Default: bucket. */
  kind?: "bucket" | "window";
}

interface WebhookSettings {
  /** Whether webhooks may go to hosts other than this machine: unless asked, an emulator calls nobody else. */
  anyHost: boolean;
  /** The wait before the first retry. It doubles with each retry. */
  retryMs: number;
  timeoutMs: number;
}
