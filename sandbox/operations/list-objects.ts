import { type Answer, xmlAnswer } from "../http/answer.js";
import { S3Error } from "../http/s3-error.js";
import { buildXml, type XmlElement } from "../http/xml.js";
import type { Listing } from "../listing/earlier-versions.js";
import {
  after,
  commonPrefix,
  encodeKey,
  type Listed,
  type ListRequest,
  listedDate,
  listedSize,
  nextPage,
  readListRequest,
  type Walk,
  walkPage,
} from "../listing/page.js";
import { writeOwner } from "../objects/acl.js";
import { findBucket } from "../objects/find.js";
import { ownerById } from "../storage/acl.js";
import type { StoredObject } from "../storage/object-version.js";
import type { Call, Context } from "./operation.js";

export function listObjectsV2(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const request = readListRequest(call, context);
  const token = call.query.get("continuation-token");
  const startAfter = call.query.get("start-after");
  const marker = token === undefined || token === "" ? startAfter : decodeToken(token);
  const walk = walkObjects(context.listing(bucket), request, marker);
  const next = nextPage(walk.isTruncated ? nextMarker(walk) : undefined, walk.items.length, context);
  return xmlAnswer(
    buildXml("ListBucketResult", {
      ...commonFields(call, request, walk),
      IsTruncated: next !== undefined,
      KeyCount: walk.items.length,
      ContinuationToken: token,
      NextContinuationToken: next === undefined ? undefined : encodeToken(next),
      StartAfter: startAfter === undefined ? undefined : encodeKey(startAfter, request),
      ...contents(walk, request, { context, withOwner: call.query.get("fetch-owner") === "true" }),
    }),
  );
}

export function listObjects(call: Call, context: Context): Answer {
  const bucket = findBucket(context, call.bucket);
  const request = readListRequest(call, context);
  const marker = call.query.get("marker") ?? "";
  const walk = walkObjects(context.listing(bucket), request, marker === "" ? undefined : marker);
  // Without a delimiter the last key of the page is the marker, and S3 omits NextMarker.
  const next = walk.isTruncated && request.delimiter !== "" ? nextMarker(walk) : undefined;
  return xmlAnswer(
    buildXml("ListBucketResult", {
      ...commonFields(call, request, walk),
      Marker: encodeKey(marker, request),
      NextMarker: next === undefined ? undefined : encodeKey(next, request),
      ...contents(walk, request, { context, withOwner: true }),
    }),
  );
}

function walkObjects(listing: Listing, request: ListRequest, marker: string | undefined): Walk<StoredObject> {
  // A marker within a common prefix skips the whole prefix only if a page ended with that prefix.
  const rolledUp = marker === undefined ? undefined : commonPrefix(marker, request);
  return walkPage(listing, request, {
    start: marker === undefined ? "" : after(marker),
    shownPrefix: rolledUp === marker ? rolledUp : undefined,
    entriesOf: (key) => {
      const [newest] = listing.versionsOf(key);
      return newest?.kind === "object" ? [newest] : [];
    },
  });
}

function nextMarker({ items }: Walk<StoredObject>): string {
  const last = items.at(-1);
  if (last === undefined) {
    return "";
  }
  return last.kind === "entry" ? last.key : last.prefix;
}

function commonFields(call: Call, request: ListRequest, walk: Walk<StoredObject>): XmlElement {
  return {
    Name: call.bucket,
    Prefix: encodeKey(request.prefix, request),
    Delimiter: request.delimiter === "" ? undefined : encodeKey(request.delimiter, request),
    MaxKeys: request.maxKeys,
    EncodingType: request.encodingType,
    IsTruncated: walk.isTruncated,
  };
}

function contents(
  { items }: Walk<StoredObject>,
  request: ListRequest,
  { context, withOwner }: { readonly context: Context; readonly withOwner: boolean },
): XmlElement {
  return {
    Contents: items.filter(isEntry).map(({ key, entry }) => ({
      Key: encodeKey(key, request),
      LastModified: listedDate(key, entry.lastModified, context),
      ETag: `"${entry.etag}"`,
      ChecksumAlgorithm: entry.checksum?.algorithm,
      ChecksumType: entry.checksum?.type,
      Size: listedSize(entry.sizeBytes, context),
      StorageClass: entry.storageClass,
      Owner: withOwner ? writeOwner(ownerById(entry.ownerId)) : undefined,
    })),
    CommonPrefixes: items
      .filter((item) => item.kind === "prefix")
      .map(({ prefix }) => ({ Prefix: encodeKey(prefix, request) })),
  };
}

function isEntry(item: Listed<StoredObject>): item is Extract<Listed<StoredObject>, { kind: "entry" }> {
  return item.kind === "entry";
}

function encodeToken(key: string): string {
  return Buffer.from(key).toString("base64url");
}

function decodeToken(token: string): string {
  const key = Buffer.from(token, "base64url").toString("utf8");
  if (token === "" || encodeToken(key) !== token) {
    throw new S3Error("InvalidArgument", { message: "The continuation token provided is incorrect" });
  }
  return key;
}
