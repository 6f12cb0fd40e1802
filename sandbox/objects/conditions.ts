import type { Behaviour, ConditionSupport } from "../behaviour.js";
import type { RequestHeaders } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Context } from "../operations/operation.js";
import type { StoredObject } from "../storage/object-version.js";

type EtagForm = Behaviour["ifMatchEtags"];

/** Whether one of the ETags in a header matches this one. */
export function matchesEtag(header: string, etag: string, form: EtagForm = "both"): boolean {
  return header.split(",").some((part) => {
    const given = part.trim();
    const quoted = given.startsWith('"');
    if (given === "*") return true;
    const formFits = form === "both" || form === (quoted ? "quoted" : "bare");
    return formFits && given.replace(/^"|"$/g, "") === etag;
  });
}

const CUSTOMER_ALGORITHM = "x-amz-server-side-encryption-customer-algorithm";

/** If-Match and If-None-Match of PUT, copy, complete and delete. Nothing may happen between this check and the write. */
export function checkWriteConditions(
  context: Context,
  headers: RequestHeaders,
  current: StoredObject | undefined,
  documented: ConditionSupport,
): void {
  const ifMatch = headers["if-match"];
  const ifNoneMatch = headers["if-none-match"];
  const underKey = current?.encryption.kind === "sse-c" || headers[CUSTOMER_ALGORITHM] !== undefined;
  const support = underKey && documented === "honoured" ? context.behaviour.conditionsOnCustomerKeys : documented;
  if ((ifMatch === undefined && ifNoneMatch === undefined) || support === "ignored") {
    return;
  }
  if (support === "not-implemented") {
    throw new S3Error("NotImplemented", { fields: { Header: ifMatch === undefined ? "If-None-Match" : "If-Match" } });
  }
  if (context.conflicts()) {
    throw new S3Error("ConditionalRequestConflict");
  }
  if (ifNoneMatch !== undefined) checkAbsent(ifNoneMatch, current, context.behaviour);
  if (ifMatch !== undefined) checkPresent(ifMatch, current, context.behaviour.ifMatchEtags);
}

function checkAbsent(ifNoneMatch: string, current: StoredObject | undefined, { writeUnlessEtag }: Behaviour): void {
  if (ifNoneMatch !== "*" && writeUnlessEtag === "not-implemented") {
    throw new S3Error("NotImplemented", { fields: { Header: "If-None-Match" } });
  }
  if (current !== undefined && matchesEtag(ifNoneMatch, current.etag)) {
    throw failed("If-None-Match");
  }
}

function checkPresent(ifMatch: string, current: StoredObject | undefined, form: EtagForm): void {
  if (current === undefined) {
    throw new S3Error("NoSuchKey");
  }
  if (!matchesEtag(ifMatch, current.etag, form)) {
    throw failed("If-Match");
  }
}

/** The conditions of GET and HEAD. True if the answer is 304. */
export function isNotModified(headers: RequestHeaders, object: StoredObject): boolean {
  checkUnchanged(object, headers["if-match"], headers["if-unmodified-since"]);
  const ifNoneMatch = headers["if-none-match"];
  if (ifNoneMatch !== undefined) {
    return matchesEtag(ifNoneMatch, object.etag);
  }
  const since = parseDate(headers["if-modified-since"]);
  return since !== undefined && seconds(object.lastModified) <= seconds(since);
}

const COPY_SOURCE = "x-amz-copy-source-";

/** The four conditions on the source of a copy. */
export function checkCopySource(headers: RequestHeaders, object: StoredObject, support: ConditionSupport): void {
  const names = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"];
  const given = names.filter((name) => headers[COPY_SOURCE + name] !== undefined);
  if (given.length === 0 || support === "ignored") {
    return;
  }
  if (support === "not-implemented") {
    throw new S3Error("NotImplemented", { fields: { Header: `${COPY_SOURCE}${given[0]}` } });
  }
  checkUnchanged(object, headers[`${COPY_SOURCE}if-match`], headers[`${COPY_SOURCE}if-unmodified-since`]);
  const ifNoneMatch = headers[`${COPY_SOURCE}if-none-match`];
  if (ifNoneMatch !== undefined && matchesEtag(ifNoneMatch, object.etag)) {
    throw failed(`${COPY_SOURCE}If-None-Match`);
  }
  const since = parseDate(headers[`${COPY_SOURCE}if-modified-since`]);
  if (ifNoneMatch === undefined && since !== undefined && seconds(object.lastModified) <= seconds(since)) {
    throw failed(`${COPY_SOURCE}If-Modified-Since`);
  }
}

// A successful If-Match takes precedence over the date condition, as in RFC 9110.
function checkUnchanged(object: StoredObject, ifMatch: string | undefined, unmodifiedSince: string | undefined): void {
  if (ifMatch !== undefined) {
    if (!matchesEtag(ifMatch, object.etag)) {
      throw failed("If-Match");
    }
    return;
  }
  const until = parseDate(unmodifiedSince);
  if (until !== undefined && seconds(object.lastModified) > seconds(until)) {
    throw failed("If-Unmodified-Since");
  }
}

function failed(condition: string): S3Error {
  return new S3Error("PreconditionFailed", { fields: { Condition: condition } });
}

function parseDate(text: string | undefined): number | undefined {
  const time = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
