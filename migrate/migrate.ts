import type { AuditOptions, MigrateOptions } from "./options/run-options.js";
import { executeRun, type RunResult } from "./run/execute-run.js";

/**
 * Copies every unencrypted object onto itself with SSE-S3, and says of every object what was done.
 * What goes wrong with one object is an outcome in the journal and ends nothing.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when a bucket cannot be read at all, or the run cannot go on
 */
export function migrate(options: MigrateOptions): Promise<RunResult> {
  return executeRun("migrate", options);
}

/**
 * Says of every object whether it is encrypted, and on what evidence. Cannot write to the store.
 *
 * @throws UsageError when options cannot be used: all of them together, before anything is done
 * @throws RunError when a bucket cannot be read at all, or the run cannot go on
 */
export function audit(options: AuditOptions): Promise<RunResult> {
  return executeRun("audit", options);
}
