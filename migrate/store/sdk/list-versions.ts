import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from "@aws-sdk/client-s3";
import type { ListVersionsInput, VersionEntry, VersionsPage } from "../object-store.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { keepBody } from "./keep-body.js";
import { nextMarker, readKey } from "./listing-fields.js";
import { sendCommand } from "./send-command.js";
import { versionEntries } from "./version-entries.js";

/** The SDK hands over versions and delete markers apart: in which order they stand is read from the answer itself. */
export async function listVersions(client: S3Client, input: ListVersionsInput): Promise<VersionsPage> {
  const command = new ListObjectVersionsCommand({
    Bucket: input.bucket,
    Prefix: input.prefix,
    KeyMarker: input.keyMarker,
    VersionIdMarker: input.versionIdMarker,
    MaxKeys: input.limit,
    EncodingType: "url",
  });
  const body = keepBody(command);
  const { output } = await sendCommand(client, "listVersions", command);
  if (output.IsTruncated === undefined && output.Name === undefined) {
    throw incompleteAnswer("listVersions", "listing");
  }
  const isEncoded = output.EncodingType === "url";
  const entries = versionEntries(body(), (key) => readKey(key, isEncoded));
  const parsed = (output.Versions?.length ?? 0) + (output.DeleteMarkers?.length ?? 0);
  if (entries.length !== parsed) throw incompleteAnswer("listVersions", "entries that read twice the same");
  return {
    // Some stores list without regard to the prefix.
    entries: entries.filter(({ key }) => key.startsWith(input.prefix)),
    next: nextOf(output, isEncoded, entries),
  };
}

function nextOf(
  { IsTruncated, NextKeyMarker, NextVersionIdMarker }: ListObjectVersionsCommandOutput,
  isEncoded: boolean,
  entries: readonly VersionEntry[],
): VersionsPage["next"] {
  if (!IsTruncated) return null;
  const marker = { key: NextKeyMarker, id: NextVersionIdMarker };
  const named = entries.map(({ versionId, ...read }) => ({ ...read, id: versionId }));
  const { key: keyMarker, id: versionIdMarker } = nextMarker("listVersions", marker, isEncoded, named);
  return { keyMarker, versionIdMarker };
}
