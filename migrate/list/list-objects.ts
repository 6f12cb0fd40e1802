import type { ObjectRef } from "../model/object.js";
import type { Scope } from "../model/scope.js";
import type { ListedObject } from "../store/answers.js";
import type { ObjectStore } from "../store/object-store.js";
import { walkPages } from "../store/page-walk.js";

export type OnLeft = (refs: readonly ObjectRef[]) => void;

export interface ListingTools {
  /** Ends the listing, which then rejects with an `interrupted` error. */
  readonly signal?: AbortSignal | undefined;
  /** Called for each entry that the listing shows once more; it is not handed out again. */
  readonly onRepeated?: ((at: { readonly bucket: string; readonly key: string }) => void) | undefined;
  /** Gets what the page at hand shows beyond the last object that was handed out, once the listing ends or is left. */
  readonly onLeft?: OnLeft | undefined;
}

/** Every object of a scope, in the store's order. One page is fetched ahead of the one being handed out. */
export async function* listObjects(
  store: ObjectStore,
  scope: Scope,
  startAfter?: string,
  { signal, onRepeated, onLeft }: ListingTools = {},
): AsyncGenerator<ObjectRef> {
  const { bucket } = scope;
  const pages = walkPages<ListedObject, string>({
    operation: "listObjects",
    nameOf: nameOfListed,
    signal,
    onRepeated: ({ key }) => onRepeated?.({ bucket, key }),
    fetch: async (continuationToken) => {
      // A continuation token knows where it began; some stores take the two together amiss.
      const from = continuationToken === null ? { startAfter } : { continuationToken };
      const { objects, nextToken } = await store.listObjects({ ...scope, ...from });
      return { entries: objects, next: nextToken };
    },
  });
  let left: ListedObject[] = [];
  try {
    for await (const page of pages) {
      left = page.toReversed();
      for (let listed = left.pop(); listed !== undefined; listed = left.pop()) yield { bucket, ...listed };
    }
  } finally {
    onLeft?.(left.map((listed) => ({ bucket, ...listed })));
  }
}

/** A key that cannot be decoded may read like another one that can. */
function nameOfListed({ key, fault }: ListedObject): string {
  return fault?.kind === "unreadable-key" ? JSON.stringify([fault.raw]) : key;
}
