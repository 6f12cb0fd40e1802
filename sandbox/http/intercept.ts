import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Error } from "./s3-error.js";

export interface InterceptedRequest {
  /** The name of the S3 operation, for example `HeadObject` or `GetBucketTagging`. */
  readonly operation: string;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly method: string;
}

/** The fault of one request. */
export type Fault =
  /**
   * The operation is not carried out. With status 200, the answer is the error document that S3 sends after a
   * late failure.
   */
  | { readonly kind: "error"; readonly status: number; readonly code: string; readonly message?: string }
  /** The operation is carried out after a delay. */
  | { readonly kind: "delay"; readonly ms: number }
  /** The operation is not carried out, and the connection is reset. */
  | { readonly kind: "reset" }
  /** The operation is carried out, and the connection is reset before any answer. */
  | { readonly kind: "reset-after" }
  /** The operation is carried out, and the answer stops after this many bytes of its body. */
  | { readonly kind: "truncate"; readonly bytes: number }
  /** The operation is carried out, and the answer stops in the middle of its body. */
  | { readonly kind: "halve" };

export type Intercept = (request: InterceptedRequest) => Fault | undefined | Promise<Fault | undefined>;

/** Applies a fault that occurs before the operation, and returns one that occurs after it. */
export async function playFault(
  intercept: Intercept | undefined,
  intercepted: InterceptedRequest,
  request: IncomingMessage,
): Promise<Fault | undefined> {
  const fault = await intercept?.(intercepted);
  if (fault?.kind === "delay") {
    await sleep(fault.ms);
  }
  if (fault?.kind === "reset") {
    request.socket.resetAndDestroy();
  }
  if (fault?.kind === "error") {
    const { code, status, message = "This fault was asked for" } = fault;
    throw Object.assign(new S3Error("InternalError", { status, message }), { code });
  }
  return fault;
}
