import { classifyError } from "../classify-error.js";
import type { Operation } from "../operations.js";
import { retryAfter } from "../retry-after.js";
import { StoreError } from "../store-error.js";

interface SdkErrorLike extends Error {
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

/** Turns whatever the SDK or the socket threw into a `StoreError`. */
export function fromSdkError(operation: Operation, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SdkErrorLike;
  const status = error.$metadata?.httpStatusCode ?? null;
  const code = status === null ? (error.code ?? error.name) : error.name;
  const requestId = error.$metadata?.requestId ?? null;
  const kind = classifyError(code, status, error.message);
  const message = error.message || code;
  const asked = retryAfter(status, error.$response?.headers?.["retry-after"]);
  return new StoreError({ kind, operation, status, code, message, requestId, ...asked }, thrown);
}
