import type { DefaultEncryption } from "../model/encryption.js";
import type { BucketInput, ObjectStore } from "../store/object-store.js";
import { StoreError } from "../store/store-error.js";
import { unreadable } from "./read-setting.js";

const DEFAULT_BY_ALGORITHM: Readonly<Record<string, DefaultEncryption>> = {
  AES256: "sse-s3",
  "aws:kms": "sse-kms",
  "aws:kms:dsse": "dsse-kms",
};

export async function readDefaultEncryption(store: ObjectStore, input: BucketInput): Promise<DefaultEncryption> {
  try {
    const [algorithm] = await store.getBucketEncryption(input);
    // An algorithm that is not known is a default all the same: it is never to be taken for none, and replaced.
    return algorithm === undefined ? "none" : (DEFAULT_BY_ALGORITHM[algorithm] ?? "unreadable");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.kind === "not-found") return "none";
    return error.kind === "not-implemented" ? "unsupported" : unreadable(error);
  }
}
