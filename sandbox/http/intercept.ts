import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { S3Error } from "./s3-error.js";

export interface InterceptedRequest {
  /** The S3 operation's name, such as `HeadObject` or `GetBucketTagging`. */
  readonly operation: string;
  /** Empty for ListBuckets. */
  readonly bucket: string;
  /** Empty for operations on a bucket. */
  readonly key: string;
  readonly method: string;
}

/** What goes wrong with one request. */
export type Fault =
  /** Not carried out. With status 200 it is the error document that S3 sends after a late failure. */
  | { readonly kind: "error"; readonly status: number; readonly code: string; readonly message?: string }
  /** Carried out after a while. */
  | { readonly kind: "delay"; readonly ms: number }
  /** Not carried out, connection reset. */
  | { readonly kind: "reset" }
  /** Carried out, then the connection is reset before any answer. */
  | { readonly kind: "reset-after" }
  /** Carried out; the answer stops after so many bytes of its body. */
  | { readonly kind: "truncate"; readonly bytes: number }
  /** Carried out; the answer stops in the middle of its body. */
  | { readonly kind: "halve" };

export type Intercept = (request: InterceptedRequest) => Fault | undefined | Promise<Fault | undefined>;

/** Plays what comes before the operation, and answers the fault for what is to come after it. */
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
