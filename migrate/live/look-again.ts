import type { KeyRing } from "../keys/customer-key.js";
import type { Capabilities } from "../model/capabilities.js";
import { inspect } from "../object/inspect.js";
import { observe } from "../object/object-result.js";
import type { ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import type { LiveLook } from "./compare-live.js";
import type { ExpectedObject } from "./expected-object.js";

interface Reading {
  readonly store: ObjectStore;
  readonly capabilities: Capabilities;
  readonly keys: KeyRing;
}

/** One HEAD of what a line is about; of an object that is refused without its customer key, what the listing tells of it too. */
export async function lookAgain(expected: ExpectedObject, { store, capabilities, keys }: Reading): Promise<LiveLook> {
  const { bucket, key, versionId } = expected;
  const input = { bucket, key, ...(versionId === null ? {} : { versionId }) };
  const inspection = await inspect(store, input, capabilities, keys.keysFor(key));
  switch (inspection.kind) {
    case "vanished":
      return { kind: "absent" };
    case "failed":
      return { kind: "unread", detail: inspection.error.message };
    case "sse-c":
      return versionId === null ? lookAtListing(expected, store) : { kind: "wants-key", listed: null };
    case "found": {
      const now = observe(inspection.facts);
      // A HEAD that names no version was asked for this one all the same.
      return { kind: "found", now: versionId === null ? now : { ...now, versionId } };
    }
  }
}

async function lookAtListing({ bucket, key }: ExpectedObject, store: ObjectStore): Promise<LiveLook> {
  try {
    const { objects } = await store.listObjects({ bucket, prefix: key });
    const listed = objects.find((object) => object.key === key) ?? null;
    return { kind: "wants-key", listed };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return { kind: "wants-key", listed: null };
  }
}
