import type { Fault, InterceptedRequest } from "../http/intercept.js";

interface Drawn {
  readonly request: InterceptedRequest;
  /** From 0 up to 1, another one for each request. */
  readonly fraction: number;
  readonly slowMs: number;
}

/** S3 begins the answer to these before the work is done, so that a failure comes under status 200. */
const ANSWERED_EARLY = /^(CopyObject|UploadPartCopy|CompleteMultipartUpload)$/;
const WRITES = /^(Put|Copy|Create|Upload|Complete|Delete|Abort|Restore)/;

const error = (status: number, code: string, message: string): Fault => ({ kind: "error", status, code, message });

/** What is played under each name; `undefined` where the fault means nothing for the request. */
export const CHAOS_FAULTS = {
  "slow-down": () => error(503, "SlowDown", "Please reduce your request rate."),
  "internal-error": () => error(500, "InternalError", "We encountered an internal error. Please try again."),
  "slow-answer": ({ fraction, slowMs }) => ({ kind: "delay", ms: Math.ceil(fraction * slowMs) }),
  "reset-before": () => ({ kind: "reset" }),
  "reset-after": () => ({ kind: "reset-after" }),
  "half-body": () => ({ kind: "halve" }),
  "error-in-success": ({ request }) =>
    ANSWERED_EARLY.test(request.operation)
      ? error(200, "InternalError", "We encountered an internal error. Please try again.")
      : undefined,
  "clock-skew": () =>
    error(403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
  "expired-token": () => error(400, "ExpiredToken", "The provided token has expired."),
  conflict: ({ request }) =>
    WRITES.test(request.operation)
      ? error(409, "OperationAborted", "A conflicting operation is in progress against this resource.")
      : undefined,
} as const satisfies Readonly<Record<string, (drawn: Drawn) => Fault | undefined>>;

export type ChaosFault = keyof typeof CHAOS_FAULTS;
