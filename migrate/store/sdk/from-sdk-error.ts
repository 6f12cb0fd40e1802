import { classifyError } from "../classify-error.js";
import { namedRegion } from "../named-region.js";
import type { Operation } from "../operations.js";
import { retryAfter } from "../retry-after.js";
import { StoreError } from "../store-error.js";

interface SdkErrorLike extends Error {
  readonly code?: string;
  /** As the error document has it. */
  readonly Region?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> };
}

const UNREADABLE =
  "the answer is not XML as S3 sends it: is it an S3 endpoint, with nothing before it that answers for it?";

/** What the SDK adds to an error of its parser is for programmers. */
function isUnreadable({ name, message }: Error): boolean {
  return name === "SyntaxError" || message.includes("Deserialization error") || message.includes("$response");
}

/** Code and message in the store's words, or in those of the lean calls where it has none. */
function wordsOf(error: SdkErrorLike, status: number | null): { readonly code: string; readonly message: string } {
  if (status === null) {
    const code = error.code ?? error.name;
    return { code, message: error.message || code };
  }
  if (isUnreadable(error)) return { code: status < 300 ? "IncompleteAnswer" : `HTTP ${status}`, message: UNREADABLE };
  const code = error.name === "Unknown" ? `HTTP ${status}` : error.name;
  const message = error.message === "UnknownError" ? "the answer says no more" : error.message;
  return { code, message: message || code };
}

/** Turns whatever the SDK or the socket threw into a `StoreError`. */
export function fromSdkError(operation: Operation, thrown: unknown): StoreError {
  if (thrown instanceof StoreError) return thrown;
  const error = (thrown instanceof Error ? thrown : new Error(String(thrown))) as SdkErrorLike;
  const status = error.$metadata?.httpStatusCode ?? null;
  const requestId = error.$metadata?.requestId ?? null;
  const { code, message } = wordsOf(error, status);
  // A success that is no result proves nothing, and may be asked again.
  const kind = code === "IncompleteAnswer" ? "server-error" : classifyError(code, status, message);
  const asked = retryAfter(status, error.$response?.headers?.["retry-after"]);
  const region = namedRegion(kind, error.$response?.headers, error.Region);
  return new StoreError({ kind, operation, status, code, message, requestId, ...asked, ...region }, thrown);
}
