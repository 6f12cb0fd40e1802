import type { ObjectStore, UploadInput } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";

/** What a probe has written, as far as it knows: of a call without an answer, the key alone. */
export interface Traces {
  readonly keys: Set<string>;
  /** Keys by upload id. */
  readonly uploads: Map<string, string>;
}

/** Notes every object and upload before, and every upload id after, it is made. `onUpload` is awaited before anything is sent to one. */
export function tracedStore(
  store: ObjectStore,
  { keys, uploads }: Traces,
  onUpload: (upload: UploadInput) => void | Promise<void> = () => undefined,
): ObjectStore {
  const noted = <Input extends { readonly key: string }, Output>(call: (input: Input) => Promise<Output>) => {
    return async (input: Input) => {
      const isNew = !keys.has(input.key);
      keys.add(input.key);
      try {
        return await call(input);
      } catch (error) {
        if (isNew && wroteNothing(error)) keys.delete(input.key);
        throw error;
      }
    };
  };
  return {
    ...store,
    putObject: noted(store.putObject),
    copyObject: noted(store.copyObject),
    createMultipartUpload: async (input) => {
      const begun = await store.createMultipartUpload(input);
      uploads.set(begun.uploadId, input.key);
      await onUpload({ bucket: input.bucket, key: input.key, uploadId: begun.uploadId });
      return begun;
    },
    completeMultipartUpload: async (input) => {
      const written = await store.completeMultipartUpload(input);
      uploads.delete(input.uploadId);
      return written;
    },
  };
}

/** Said no, or was never asked. */
function wroteNothing(error: unknown): boolean {
  const status = error instanceof StoreError ? error.facts.status : 0;
  return status !== null && status < 500;
}
