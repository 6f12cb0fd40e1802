import type { Behaviour } from "../behaviour.js";
import { parseQuery } from "../http/request-target.js";
import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";
import type { Bucket } from "../storage/bucket.js";
import type { StoredObject } from "../storage/object-version.js";
import { checkReadable } from "./archived.js";
import { findBucket, requireObject } from "./find.js";
import { readKey } from "./read-key.js";

export interface CopySource {
  readonly bucket: Bucket;
  readonly object: StoredObject;
  /** True where the request named a version. */
  readonly isVersion: boolean;
  readonly key: Buffer | undefined;
}

export interface CopySourceName {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

/** Reads `x-amz-copy-source`: [/]bucket/key, percent-encoded, and perhaps ?versionId=. */
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

/** The first version id counts, wherever it stands, and the rest is encoded again. */
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

/** The object that a copy is to be made of, when it exists and may be read. */
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
