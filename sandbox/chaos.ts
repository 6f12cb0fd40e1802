import { createHash } from "node:crypto";
import type { Fault, Intercept, InterceptedRequest } from "./http/intercept.js";

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

export interface ChaosOptions {
  /** The same one plays the same faults. */
  readonly seed: number;
  /**
   * The share of requests that meet each fault, 0 to 1; a fault that is not named is not played.
   * @default 0.01 of each
   */
  readonly rates?: Readonly<Partial<Record<ChaosFault, number>>>;
  /**
   * How long a slow answer takes at most. Milliseconds.
   * @default 500
   */
  readonly slowMs?: number;
  /** Told of each fault before it is played. */
  readonly onFault?: (fault: ChaosFault, request: InterceptedRequest) => void;
}

const FAULT_NAMES = Object.keys(CHAOS_FAULTS) as readonly ChaosFault[];
const DEFAULT_RATES = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0.01]));

/**
 * Faults for a sandbox to play at random, the same ones each time: what the nth call of an operation on a key meets depends
 * on the seed alone, in whatever order the calls on other keys come. It remembers every key that it has seen.
 *
 * @throws RangeError when the rates are no shares, or come to more than 1
 */
export function chaos({ seed, rates = DEFAULT_RATES, slowMs = 500, onFault }: ChaosOptions): Intercept {
  checkRates(rates);
  const counts = new Map<string, number>();
  return (request) => {
    const { operation, bucket, key } = request;
    const call = JSON.stringify([operation, bucket, key]);
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    const name = faultAt(fractionOf(seed, call, nth), rates);
    if (name === undefined) return undefined;
    const fault = CHAOS_FAULTS[name]({ request, fraction: fractionOf(seed, call, nth, "extent"), slowMs });
    if (fault !== undefined) onFault?.(name, request);
    return fault;
  };
}

function checkRates(rates: NonNullable<ChaosOptions["rates"]>): void {
  const all = Object.values(rates);
  const sum = all.reduce((total, rate) => total + rate, 0);
  if (!all.every((rate) => rate >= 0) || !(sum <= 1)) {
    throw new RangeError(
      `rates: ${JSON.stringify(rates)} is not allowed: give shares from 0 to 1 that come to 1 at most`,
    );
  }
}

/** The shares lie side by side from 0 on; what lies beyond them meets nothing. */
function faultAt(fraction: number, rates: NonNullable<ChaosOptions["rates"]>): ChaosFault | undefined {
  let end = 0;
  return FAULT_NAMES.find((name) => {
    end += rates[name] ?? 0;
    return fraction < end;
  });
}

const BITS = 48;

/** A number from 0 up to 1 that depends on nothing but the parts. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return (
    createHash("sha256")
      .update(JSON.stringify(parts))
      .digest()
      .readUIntBE(0, BITS / 8) /
    2 ** BITS
  );
}
