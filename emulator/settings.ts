/** What can be changed while the emulator runs. Kept in memory only. */
export interface Settings {
  /** Added to every API and file request. */
  latencyMs: number;
  /** How long a new work item stays out of lists, and a new file unreadable. */
  consistencyDelayMs: number;
  signedUrlLifetimeSeconds: number;
  /** How long an export runs. Null: it completes at the second GET of it or of a list, so that nobody has to wait. */
  exportDurationMs: number | null;
  /** Makes exports that come to their end fail, with this text. */
  exportError: string | null;
  /** Packs the file of an export into a ZIP archive, as the vendor's client says it is. */
  exportZip: boolean;
  webhooks: WebhookSettings;
  /** How far its clock is ahead of this machine's. */
  clockAheadMs: number;
  /** Open questions that it answers otherwise than by default, by the names of `dialects/table.ts`. */
  dialects: string[];
  rateLimit: RateLimit | null;
}

export interface RateLimit {
  perSecond: number;
  /** Null: a refusal does not say when to come back. */
  retryAfterSeconds: number | null;
  /** A bucket that holds a second's worth of requests, or a count for each second of the clock. Default: bucket. */
  kind?: "bucket" | "window";
}

interface WebhookSettings {
  /** Whether hosts other than this machine are called: an emulator calls nobody else unasked. */
  anyHost: boolean;
  /** The wait before the first retry; it doubles with each. */
  retryMs: number;
  timeoutMs: number;
}
