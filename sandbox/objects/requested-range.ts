import type { Behaviour } from "../behaviour.js";
import { S3Error } from "../http/s3-error.js";
import type { Call } from "../operations/operation.js";
import type { StoredObject } from "../storage/object-version.js";
import type { ByteRange } from "../storage/pieces.js";

export type RequestedRange =
  | { readonly kind: "whole"; readonly range: ByteRange }
  | { readonly kind: "part" | "bytes"; readonly range: ByteRange };

/** Which bytes a GET or HEAD asks for, by Range or by PartNumber. */
export function requestedRange(call: Call, object: StoredObject, { partNumberBeyond }: Behaviour): RequestedRange {
  const partNumber = call.query.get("partNumber");
  if (partNumber !== undefined) {
    return { kind: "part", range: partRange(object, Number(partNumber), partNumberBeyond) };
  }
  const header = call.headers.range;
  const range = header === undefined ? undefined : parseRange(header, object.sizeBytes);
  return range === undefined ? { kind: "whole", range: { start: 0, end: object.sizeBytes } } : { kind: "bytes", range };
}

function partRange(object: StoredObject, number: number, beyond: Behaviour["partNumberBeyond"]): ByteRange {
  const parts = object.parts ?? [{ sizeBytes: object.sizeBytes }];
  const part = parts[number - 1];
  if (part === undefined) {
    throw new S3Error(beyond, {
      fields: { PartNumberRequested: String(number), ActualPartCount: String(parts.length) },
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { start, end: start + part.sizeBytes };
}

/** Undefined where the header is none that has to be followed. */
function parseRange(header: string, sizeBytes: number): ByteRange | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (first === undefined || last === undefined || (first === "" && last === "")) {
    return undefined;
  }
  const start = first === "" ? Math.max(sizeBytes - Number(last), 0) : Number(first);
  const end = first === "" || last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (first !== "" && last !== "" && Number(last) < Number(first)) {
    return undefined;
  }
  if (start >= sizeBytes || (first === "" && Number(last) === 0)) {
    throw new S3Error("InvalidRange", {
      fields: { RangeRequested: header, ActualObjectSize: String(sizeBytes) },
      headers: { "content-range": `bytes */${sizeBytes}` },
    });
  }
  return { start, end };
}
