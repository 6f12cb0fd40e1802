import { createHash, randomBytes } from "node:crypto";
import type { Behaviour } from "../behaviour.js";
import { type RunningChecksum, startChecksum } from "../body/checksum.js";
import { parseQuery } from "../http/read-request.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import { type Bucket, blobIds } from "../storage/bucket.js";
import type { Checksum, ChecksumAlgorithm, Piece, StoredObject } from "../storage/object-version.js";
import { type ByteRange, readPieces, type Sealing, writePiece } from "../storage/pieces.js";
import { newKey, wrapKey } from "../storage/seal.js";
import { readKey } from "./customer-key.js";
import { checkReadable, findBucket, requireObject } from "./find.js";

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
  /** True if the request named a version. */
  readonly isVersion: boolean;
  readonly key: Buffer | undefined;
}

interface CopySourceName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Parses `x-amz-copy-source`: [/]bucket/key, percent-encoded, with an optional ?versionId=. */
export function parseCopySource(sent: string, reading: Behaviour["partSource"] = "exact"): CopySourceName {
  const header = reading === "exact" ? sent : seemingSource(sent, reading);
  const mark = header.lastIndexOf("?versionId=");
  const query = mark < 0 ? undefined : parseQuery(header.slice(mark + 1));
  const path = decodePath(mark < 0 ? header : header.slice(0, mark)).replace(/^\//, "");
  const slash = path.indexOf("/");
  if (slash < 1 || slash === path.length - 1) {
    throw new S3Error("InvalidArgument", {
      message: "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      fields: { ArgumentName: "x-amz-copy-source", ArgumentValue: header },
    });
  }
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1), versionId: query?.get("versionId") };
}

/** The first version ID counts, wherever it is, and the rest is encoded again. */
function seemingSource(sent: string, reading: Behaviour["partSource"]): string {
  const once = decodePath(sent);
  const decoded = reading === "decoded-twice" ? decodePath(once) : once;
  const [path = "", ...rest] = decoded.split("?versionId=");
  const query = rest.length === 0 ? "" : `?versionId=${encodeURIComponent(rest.join("?versionId="))}`;
  return `${encodeURIComponent(path)}${query}`;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error("InvalidArgument", { message: "Invalid copy source encoding." });
  }
}

/** The source object of a copy, if it exists and is readable. */
export function findCopySource(call: Call, context: Context, reading: Behaviour["partSource"] = "exact"): CopySource {
  const name = parseCopySource(call.headers["x-amz-copy-source"] ?? "", reading);
  const bucket = findBucket(context, name.bucket);
  const object = requireSource(bucket, name);
  checkReadable(object, context.behaviour, context.now());
  if (object.encryption.kind !== "none" && context.behaviour.copyOfEncryptedSource === "not-implemented") {
    throw new S3Error("NotImplemented");
  }
  const key = readKey(context, bucket, object, call.headers, "source");
  return { bucket, object, isVersion: name.versionId !== undefined, key };
}

function requireSource(bucket: Bucket, name: CopySourceName): StoredObject {
  try {
    return requireObject(bucket, name.key, name.versionId);
  } catch (error) {
    if (error instanceof S3Error && error.code === "MethodNotAllowed") {
      throw new S3Error("InvalidRequest", {
        message: "The source of a copy request may not specifically refer to a delete marker by version id.",
      });
    }
    throw error;
  }
}

const ILLEGAL =
  "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.";

const CHANGING_HEADERS = ["x-amz-storage-class", "x-amz-website-redirect-location"];
const ENCRYPTION_HEADERS = ["x-amz-server-side-encryption", "x-amz-server-side-encryption-customer-algorithm"];

/** Rejects a self-copy that would change nothing. */
export function checkSelfCopy(call: Call, source: CopySource, behaviour: Behaviour): void {
  const { headers } = call;
  const onItself = source.bucket.facts.name === call.bucket && source.object.key === call.key && !source.isVersion;
  if (!onItself) {
    return;
  }
  const names =
    behaviour.selfCopyChangingSse === "accepted" ? [...CHANGING_HEADERS, ...ENCRYPTION_HEADERS] : CHANGING_HEADERS;
  const changes = names.some((name) => headers[name] !== undefined);
  if (!changes && headers["x-amz-metadata-directive"] !== "REPLACE") {
    throw new S3Error("InvalidRequest", { message: ILLEGAL });
  }
}

export interface StoredCopy {
  readonly piece: Piece;
  /** Hexadecimal. */
  readonly md5: string;
  readonly checksum?: Checksum;
}

/** Writes a range of an object again, under another key or unencrypted. */
export async function storeCopy(
  context: Context,
  source: CopySource,
  range: ByteRange,
  sealing: Sealing,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<StoredCopy> {
  const { store, behaviour } = context;
  const release = store.hold(blobIds(source.object));
  const md5 = createHash("md5");
  const checksum = algorithm === undefined ? undefined : startChecksum(algorithm);
  try {
    const chunks = readPieces(store, source.object.pieces, range, source.key);
    const written = await writePiece(store, observed(chunks, md5, checksum), sealing);
    const piece: Piece = { ...written, sizeBytes: range.end - range.start };
    const corrupts = behaviour.sseHeaderOnCopy === "corrupts" && sealing.kind === "key";
    return {
      piece: corrupts ? { ...piece, wrappedKey: wrapKey(randomBytes(32), newKey()) } : piece,
      md5: md5.digest("hex"),
      ...(algorithm !== undefined && {
        checksum: { algorithm, value: (await checksum?.finish()) ?? "", type: "FULL_OBJECT" as const },
      }),
    };
  } finally {
    await release();
  }
}

async function* observed(
  chunks: AsyncIterable<Buffer>,
  md5: { update(chunk: Buffer): unknown },
  checksum: RunningChecksum | undefined,
): AsyncIterable<Buffer> {
  for await (const chunk of chunks) {
    md5.update(chunk);
    checksum?.update(chunk);
    yield chunk;
  }
}
