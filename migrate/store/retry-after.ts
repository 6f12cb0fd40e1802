const WITH_RETRY_AFTER: ReadonlySet<number | null> = new Set([429, 503]);

/** `Retry-After` in milliseconds: seconds, or a date (RFC 9110, 10.2.3). Nothing where an answer has none that can be read. */
export function retryAfter(
  status: number | null,
  header: string | undefined,
  nowMs: number = Date.now(),
): { readonly retryAfterMs?: number } {
  if (header === undefined || !WITH_RETRY_AFTER.has(status)) return {};
  const waitMs = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(waitMs) ? {} : { retryAfterMs: Math.max(0, waitMs) };
}
