import { type _Object, ListObjectsV2Command, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import type { BucketInput, ListedVersion, ListObjectsInput, ListObjectsPage } from "../object-store.js";
import { decodeKey } from "./decode-key.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { sendCommand } from "./send-command.js";

/** Keys may hold characters that XML cannot: they are listed URL-encoded, where `+` is a space. */
export async function listObjects(client: S3Client, input: ListObjectsInput): Promise<ListObjectsPage> {
  const command = new ListObjectsV2Command({
    Bucket: input.bucket,
    Prefix: input.prefix,
    StartAfter: input.startAfter,
    ContinuationToken: input.continuationToken,
    EncodingType: "url",
  });
  const { output } = await sendCommand(client, "listObjects", command);
  if (output.IsTruncated === undefined && output.Name === undefined && output.Contents === undefined) {
    throw incompleteAnswer("listObjects", "listing");
  }
  // A page that is not the last and names no next one would end the listing early, unseen.
  if (output.IsTruncated && !output.NextContinuationToken) throw incompleteAnswer("listObjects", "continuation token");
  const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key;
  return {
    objects: (output.Contents ?? []).map((entry) => toListedObject(entry, decode)),
    nextToken: (output.IsTruncated && output.NextContinuationToken) || null,
    keysEncoded: output.EncodingType === "url",
  };
}

export async function listObjectVersions(
  client: S3Client,
  { bucket, prefix }: BucketInput & { readonly prefix: string },
): Promise<readonly ListedVersion[]> {
  const versions: ListedVersion[] = [];
  let markers: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {};
  while (markers !== undefined) {
    const command: ListObjectVersionsCommand = new ListObjectVersionsCommand({
      Bucket: bucket,
      Prefix: prefix,
      EncodingType: "url",
      ...markers,
    });
    const { output } = await sendCommand(client, "listObjectVersions", command);
    const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key;
    const entries = [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])];
    versions.push(...entries.map(({ Key = "", VersionId = "null" }) => ({ key: decode(Key), versionId: VersionId })));
    const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = output;
    markers = output.IsTruncated && KeyMarker ? { KeyMarker: decode(KeyMarker), VersionIdMarker } : undefined;
  }
  return versions;
}

function toListedObject(entry: _Object, decode: (key: string) => string): ListedObject {
  return {
    key: decode(entry.Key ?? ""),
    sizeBytes: entry.Size ?? 0,
    etag: bareEtag(entry.ETag ?? ""),
    lastModified: entry.LastModified?.toISOString() ?? "",
    storageClass: entry.StorageClass ?? "STANDARD",
  };
}
