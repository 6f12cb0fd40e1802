import { S3Error } from "../http/s3-error.js";
import type { Call, Context } from "../operations/operation.js";

/** What every listing of a bucket takes. */
export interface ListRequest {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly urlEncoded: boolean;
}

const MOST = 1000;

export function readListRequest(call: Call, context: Context, maxParameter = "max-keys"): ListRequest {
  const asked = call.query.get(maxParameter);
  const maxKeys = asked === undefined || asked === "" ? MOST : Number(asked);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error("InvalidArgument", {
      message: `Argument ${maxParameter} must be an integer between 0 and 2147483647`,
    });
  }
  const encoding = call.query.get("encoding-type");
  if (encoding !== undefined && encoding !== "url") {
    throw new S3Error("InvalidArgument", { message: "Invalid Encoding Method specified in Request" });
  }
  return {
    prefix: call.query.get("prefix") ?? "",
    delimiter: call.query.get("delimiter") ?? "",
    maxKeys: Math.min(maxKeys, MOST),
    urlEncoded: encoding === "url" && context.behaviour.encodingType === "supported",
  };
}

/** A key as it stands in a listing: percent-encoded as a form is when the request asked for it. */
export function encodeKey(key: string, { urlEncoded }: ListRequest): string {
  if (!urlEncoded) {
    return key;
  }
  return encodeURIComponent(key)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+")
    .replace(/[!'()~]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The part of a key up to the delimiter, where the listing rolls it up. */
export function commonPrefix(key: string, { prefix, delimiter }: ListRequest): string | undefined {
  if (delimiter === "") {
    return undefined;
  }
  const at = key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

/** A timestamp as listings show it, to the second. */
export function listedTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}.000Z`;
}
