import { ListObjectVersionsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { ListVersionsInput, VersionEntry, VersionsPage } from "../object-store.js";
import { decodeKey } from "./decode-key.js";
import { incompleteAnswer } from "./incomplete-answer.js";
import { keepBody } from "./keep-body.js";
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
  // A page that is not the last and names no next one would end the listing early, unseen.
  if (output.IsTruncated && !output.NextKeyMarker) throw incompleteAnswer("listVersions", "next marker");
  const decode = output.EncodingType === "url" ? decodeKey : (key: string) => key;
  const entries = versionEntries(body(), decode);
  const parsed = (output.Versions?.length ?? 0) + (output.DeleteMarkers?.length ?? 0);
  if (entries.length !== parsed) throw incompleteAnswer("listVersions", "entries that read twice the same");
  const { NextKeyMarker, NextVersionIdMarker: versionIdMarker } = output;
  const next = output.IsTruncated && NextKeyMarker ? { keyMarker: decode(NextKeyMarker), versionIdMarker } : null;
  // Some stores list without regard to the prefix.
  return { entries: entries.filter(({ key }: VersionEntry) => key.startsWith(input.prefix)), next };
}
