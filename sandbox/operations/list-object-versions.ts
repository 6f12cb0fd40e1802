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
import type { ObjectVersion } from "../storage/object-version.js";
import type { Call, Context } from "./operation.js";

interface Marker {
  readonly key: string;
  readonly versionId: string;
}

export function listObjectVersions(call: Call, context: Context): Answer {
  const listing = context.listing(findBucket(context, call.bucket));
  const request = readListRequest(call, context);
  const marker: Marker = {
    key: call.query.get("key-marker") ?? "",
    versionId: call.query.get("version-id-marker") ?? "",
  };
  if (marker.key === "" && marker.versionId !== "") {
    throw new S3Error("InvalidArgument", {
      message: "A version-id marker cannot be specified without a key marker.",
    });
  }
  const walk = walkVersions(listing, request, marker);
  const next = nextMarker(walk, request, context);
  const body = {
    Name: call.bucket,
    Prefix: encodeKey(request.prefix, request),
    KeyMarker: encodeKey(marker.key, request),
    VersionIdMarker: marker.versionId,
    ...next,
    Delimiter: request.delimiter === "" ? undefined : encodeKey(request.delimiter, request),
    MaxKeys: request.maxKeys,
    EncodingType: request.encodingType,
    IsTruncated: next.NextKeyMarker !== undefined,
  };
  return xmlAnswer(buildXml("ListVersionsResult", body, describe(walk, request, { listing, context })));
}

function walkVersions(listing: Listing, request: ListRequest, marker: Marker): Walk<ObjectVersion> {
  const rolledUp = commonPrefix(marker.key, request);
  const withinKey = marker.versionId !== "";
  const start = withinKey || marker.key === "" ? marker.key : after(marker.key);
  return walkPage(listing, request, {
    start,
    shownPrefix: rolledUp !== undefined && rolledUp === marker.key ? rolledUp : undefined,
    entriesOf: (key) => {
      const versions = listing.versionsOf(key);
      return withinKey && key === marker.key ? versionsAfter(versions, marker.versionId) : versions;
    },
  });
}

function versionsAfter(versions: readonly ObjectVersion[], versionId: string): readonly ObjectVersion[] {
  const at = versions.findIndex((version) => version.versionId === versionId);
  return at < 0 ? [] : versions.slice(at + 1);
}

interface NextMarker extends XmlElement {
  readonly NextKeyMarker?: string;
  readonly NextVersionIdMarker?: string;
}

function nextMarker({ items, isTruncated }: Walk<ObjectVersion>, request: ListRequest, context: Context): NextMarker {
  const last = isTruncated ? items.at(-1) : undefined;
  const right = last?.kind === "prefix" ? last.prefix : last?.key;
  const next = nextPage(right, items.length, context);
  if (next === undefined) return {};
  const key = { NextKeyMarker: encodeKey(next, request) };
  return next === right && last?.kind === "entry" ? { ...key, NextVersionIdMarker: last.entry.versionId } : key;
}

/** Versions and delete markers are mixed, newest first, as in S3. */
function describe(
  { items }: Walk<ObjectVersion>,
  request: ListRequest,
  { listing, context }: { readonly listing: Listing; readonly context: Context },
): (readonly [string, XmlElement])[] {
  const shared = (version: ObjectVersion): XmlElement => ({
    Key: encodeKey(version.key, request),
    VersionId: version.versionId,
    IsLatest: listing.versionsOf(version.key)[0] === version,
    LastModified: listedDate(version.key, version.lastModified, context),
    Owner: writeOwner(ownerById(version.kind === "object" ? version.ownerId : undefined)),
  });
  return items.map((item) => {
    if (!isEntry(item)) return ["CommonPrefixes", { Prefix: encodeKey(item.prefix, request) }];
    const { entry } = item;
    if (entry.kind === "delete-marker") return ["DeleteMarker", shared(entry)];
    const { checksum } = entry;
    const ofObject = {
      ETag: `"${entry.etag}"`,
      ChecksumAlgorithm: checksum?.algorithm,
      ChecksumType: checksum?.type,
      Size: listedSize(entry.sizeBytes, context),
      StorageClass: entry.storageClass,
    };
    return ["Version", { ...shared(entry), ...ofObject }];
  });
}

function isEntry(item: Listed<ObjectVersion>): item is Extract<Listed<ObjectVersion>, { kind: "entry" }> {
  return item.kind === "entry";
}
