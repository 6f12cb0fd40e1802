import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { OnEvent } from "./progress-event.js";
import type { Scope } from "./run-record.js";

/** Lists the scopes beside the run, only to count: what a progress bar needs for its end. One LIST per 1,000 objects. */
export async function countAhead(
  store: ObjectStore,
  scopes: readonly Scope[],
  onEvent: OnEvent,
  signal: AbortSignal,
): Promise<void> {
  let objects = 0;
  try {
    for (const scope of scopes) {
      let continuationToken: string | undefined;
      do {
        const page = await store.listObjects({ ...scope, continuationToken });
        if (signal.aborted) return;
        objects += page.objects.length;
        onEvent({ kind: "counted", objects, end: false });
        continuationToken = page.nextToken ?? undefined;
      } while (continuationToken !== undefined);
    }
    onEvent({ kind: "counted", objects, end: true });
  } catch (error) {
    // The run lists for itself, and tells what is wrong.
    if (!(error instanceof StoreError)) throw error;
  }
}
