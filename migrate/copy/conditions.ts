import type { Capabilities } from "../model/capabilities.js";
import type { RequestHeaders } from "../store/object-store.js";

type EtagForm = Capabilities["etagForm"];

function etagAs(form: EtagForm, etag: string): string {
  return form === "quoted" ? `"${etag}"` : etag;
}

/** The copy reads what was inspected, or nothing. */
export function sourceCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "x-amz-copy-source-if-match": etagAs(form, etag) };
}

/** The copy replaces what was inspected, or nothing. */
export function destinationCondition(etag: string, form: EtagForm): RequestHeaders {
  return { "if-match": etagAs(form, etag) };
}
