/** What can be changed while the emulator runs. Kept in memory only. */
export interface Settings {
  /** Added to every API and file request. */
  latencyMs: number;
  /** How long a new work item stays out of lists, and a new file unreadable. */
  consistencyDelayMs: number;
  signedUrlLifetimeSeconds: number;
  rateLimit: { perSecond: number; retryAfterSeconds: number } | null;
}
