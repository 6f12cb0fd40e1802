import { ListMultipartUploadsCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketInput, OpenUpload, OpenUploads, OpenUploadsInput } from "../object-store.js";
import { walkPages } from "../page-walk.js";
import { decodeKey, nextMarker, type ReadKey, readKey } from "./listing-fields.js";
import { sendCommand } from "./send-command.js";

const MOST_HELD = 100;

type Asking = "listOpenUploads" | "listMultipartUploads";

interface ListedUpload extends ReadKey {
  readonly id: string;
  readonly initiatedAt: string | null;
}

interface Markers {
  readonly KeyMarker: string;
  readonly UploadIdMarker: string | undefined;
}

/** Keys come URL-encoded, where `+` is a space, as in every other listing. */
async function* openUploads(
  client: S3Client,
  operation: Asking,
  { bucket, prefix, signal }: OpenUploadsInput,
): AsyncGenerator<OpenUpload> {
  const fetch = async (markers: Markers | null) => {
    const input = { Bucket: bucket, Prefix: prefix, EncodingType: "url", ...markers } as const;
    const { output } = await sendCommand(client, operation, new ListMultipartUploadsCommand(input));
    const isEncoded = output.EncodingType === "url";
    const entries = (output.Uploads ?? []).map(
      ({ Key = "", UploadId = "", Initiated }): ListedUpload => ({
        ...(isEncoded ? readKey(Key, true) : { key: keyUnder(prefix, Key) }),
        id: UploadId,
        initiatedAt: Initiated?.toISOString() ?? null,
      }),
    );
    const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = output;
    if (!IsTruncated) return { entries, next: null };
    const { key, id } = nextMarker(operation, { key: NextKeyMarker, id: NextUploadIdMarker }, isEncoded, entries);
    return { entries, next: { KeyMarker: key, UploadIdMarker: id } };
  };
  const nameOf = ({ key, id }: { readonly key: string; readonly id: string }) => JSON.stringify([key, id]);
  for await (const page of walkPages({ operation, fetch, nameOf, signal })) {
    // Some stores list without regard to the prefix.
    const inPrefix = page.filter(({ key }) => key.startsWith(prefix));
    yield* inPrefix.map(({ key, id, initiatedAt }) => ({ key, uploadId: id, initiatedAt }));
  }
}

/** Some stores encode keys without saying so: a key that begins with what was asked for only once it is decoded was encoded. */
function keyUnder(prefix: string, key: string): string {
  if (key.startsWith(prefix) || !/%[0-9a-f]{2}/i.test(key)) return key;
  const decoded = decodeKey(key);
  return decoded?.startsWith(prefix) ? decoded : key;
}

export async function listOpenUploads(
  client: S3Client,
  input: BucketInput & { readonly prefix: string },
): Promise<readonly OpenUpload[]> {
  const uploads: OpenUpload[] = [];
  for await (const upload of openUploads(client, "listOpenUploads", input)) uploads.push(upload);
  return uploads;
}

export async function listMultipartUploads(client: S3Client, input: OpenUploadsInput): Promise<OpenUploads> {
  const upToMs = input.begunUpTo === undefined ? Number.POSITIVE_INFINITY : Date.parse(input.begunUpTo);
  const firstEarlier: OpenUpload[] = [];
  let open = 0;
  let earlier = 0;
  for await (const upload of openUploads(client, "listMultipartUploads", input)) {
    open += 1;
    if (upload.initiatedAt !== null && Date.parse(upload.initiatedAt) > upToMs) continue;
    earlier += 1;
    if (firstEarlier.length < MOST_HELD) firstEarlier.push(upload);
  }
  return { open, earlier, firstEarlier };
}
