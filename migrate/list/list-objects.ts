import type { Scope } from "../journal/run-record.js";
import type { ObjectStore } from "../store/object-store.js";
import type { ObjectRef } from "./object-ref.js";

/** Every object of a scope, in the store's order. One page is fetched ahead of the one being handed out. */
export async function* listObjects(store: ObjectStore, scope: Scope, startAfter?: string): AsyncGenerator<ObjectRef> {
  const fetchPage = (continuationToken?: string) =>
    // A continuation token knows where it began; some stores take the two together amiss.
    store.listObjects({ ...scope, ...(continuationToken === undefined ? { startAfter } : { continuationToken }) });

  let page = await fetchPage();
  for (;;) {
    const ahead = page.nextToken === null ? null : fetchPage(page.nextToken);
    // Its failure is told when its turn comes.
    ahead?.catch(() => undefined);
    for (const listed of page.objects) yield { bucket: scope.bucket, ...listed };
    if (ahead === null) return;
    page = await ahead;
  }
}
