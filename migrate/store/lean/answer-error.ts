import { XMLParser } from "fast-xml-parser";
import { classifyError } from "../classify-error.js";
import { namedRegion } from "../named-region.js";
import type { Operation } from "../operations.js";
import { retryAfter } from "../retry-after.js";
import { StoreError } from "../store-error.js";

export interface IncomingAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
  /** The same as text. */
  readonly body: string;
}

const plainParser = new XMLParser({ parseTagValue: false, ignoreAttributes: true });

export type XmlDocument = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

/** An answer that is no XML holds nothing. */
export function parseXml(body: string, parser: XMLParser = plainParser): XmlDocument {
  try {
    return parser.parse(body) as XmlDocument;
  } catch {
    return {};
  }
}

export function answerError(operation: Operation, answer: IncomingAnswer, document: XmlDocument): StoreError {
  const code = String(document.Error?.Code ?? `HTTP ${answer.status}`);
  const message = String(document.Error?.Message ?? "the answer says no more");
  // An error document under a 200 means that the work was begun and then failed: it may succeed later.
  const status = answer.status === 200 ? 500 : answer.status;
  const kind = classifyError(code, status, message);
  const requestId = answer.headers["x-amz-request-id"] ?? null;
  const asked = retryAfter(answer.status, answer.headers["retry-after"]);
  return new StoreError({
    kind,
    operation,
    status: answer.status,
    code,
    message,
    requestId,
    ...asked,
    ...namedRegion(kind, answer.headers, document.Error?.Region),
  });
}

export function socketError(operation: Operation, thrown: unknown): StoreError {
  const error = thrown as Error & { code?: string };
  const code = error.code ?? error.name;
  const kind = classifyError(code, null, error.message);
  return new StoreError(
    { kind, operation, status: null, code, message: error.message || code, requestId: null },
    thrown,
  );
}
