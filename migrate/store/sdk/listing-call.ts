import { type _Object, ListObjectsV2Command, ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListedObject } from "../answers.js";
import { bareEtag } from "../bare-etag.js";
import type { BucketInput, ListedVersion, ListObjectsInput, ListObjectsPage } from "../object-store.js";
import { walkPages } from "../page-walk.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { keepBody } from "./keep-body.js";
import { nextMarker, readDate, readKey, readSize, takeDates } from "./listing-fields.js";
import { sendCommand } from "./send-command.js";

/** The SDK reads an empty size as 0. */
const EMPTY_SIZE = /<Size>\s*<\/Size>|<Size\s*\/>/g;

/** Keys may hold characters that XML cannot: they are listed URL-encoded, where `+` is a space. */
export async function listObjects(client: S3Client, input: ListObjectsInput): Promise<ListObjectsPage> {
  const command = new ListObjectsV2Command({
    Bucket: input.bucket,
    Prefix: input.prefix,
    StartAfter: input.startAfter,
    ContinuationToken: input.continuationToken,
    EncodingType: "url",
  });
  let dates: readonly string[] = [];
  keepBody(command, (body) => {
    const taken = takeDates(body);
    dates = taken.dates;
    return taken.rest.replace(EMPTY_SIZE, "");
  });
  const { output } = await sendCommand(client, "listObjects", command);
  if (output.IsTruncated === undefined && output.Name === undefined && output.Contents === undefined) {
    throw incompleteAnswer("listObjects", "listing");
  }
  // A page that is not the last and names no next one would end the listing early, unseen.
  if (output.IsTruncated && !output.NextContinuationToken) throw incompleteAnswer("listObjects", "continuation token");
  const keysEncoded = output.EncodingType === "url";
  return {
    objects: (output.Contents ?? []).map((entry, index) => toListedObject(entry, keysEncoded, dates[index])),
    nextToken: (output.IsTruncated && output.NextContinuationToken) || null,
    keysEncoded,
  };
}

export async function listObjectVersions(
  client: S3Client,
  { bucket, prefix }: BucketInput & { readonly prefix: string },
): Promise<readonly ListedVersion[]> {
  const versions: ListedVersion[] = [];
  const operation = "listObjectVersions";
  const pages = walkPages<ListedVersion, Markers>({
    operation,
    nameOf: ({ key, versionId }) => JSON.stringify([key, versionId]),
    fetch: async (markers) => {
      const command = new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: "url",
        ...markers,
      });
      const { output } = await sendCommand(client, operation, command);
      const isEncoded = output.EncodingType === "url";
      const entries = [...(output.Versions ?? []), ...(output.DeleteMarkers ?? [])].map(
        ({ Key = "", VersionId = "null" }) => ({ ...readKey(Key, isEncoded), versionId: VersionId }),
      );
      const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = output;
      if (!IsTruncated) return { entries, next: null };
      const marker = { key: NextKeyMarker, id: NextVersionIdMarker };
      const { key, id } = nextMarker(
        operation,
        marker,
        isEncoded,
        entries.map(({ versionId, ...read }) => ({ ...read, id: versionId })),
      );
      return { entries, next: { KeyMarker: key, VersionIdMarker: id } };
    },
  });
  for await (const page of pages) versions.push(...page);
  return versions;
}

interface Markers {
  readonly KeyMarker: string;
  readonly VersionIdMarker: string | undefined;
}

function toListedObject(entry: _Object, keysEncoded: boolean, date = ""): ListedObject {
  return {
    ...readDate(date),
    // The fault of a size goes before that of a date, and that of a key before both.
    ...readSize(String(entry.Size ?? "")),
    ...readKey(entry.Key ?? "", keysEncoded),
    etag: bareEtag(entry.ETag ?? ""),
    storageClass: entry.StorageClass ?? "STANDARD",
  };
}
