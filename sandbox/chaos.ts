import { createHash } from "node:crypto";
import type { Fault, Intercept, InterceptedRequest } from "./options.js";

interface Drawn {
  readonly request: InterceptedRequest;
  /** In [0, 1), different for each request. */
  readonly fraction: number;
  readonly slowMs: number;
}

/** S3 begins its answer to these operations before the work is done, so a failure arrives with status 200. */
const ANSWERED_EARLY = /^(CopyObject|UploadPartCopy|CompleteMultipartUpload)$/;
const WRITES = /^(Put|Copy|Create|Upload|Complete|Delete|Abort|Restore)/;

const error = (status: number, code: string, message: string): Fault => ({ kind: "error", status, code, message });

/** The fault for each name; `undefined` if the fault does not apply to the request. */
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
  /** The same seed produces the same faults. */
  readonly seed: number;
  /**
   * The share of requests that get each fault, 0 to 1. Faults that are not named do not occur.
   * @default 0.01 of each
   */
  readonly rates?: Readonly<Partial<Record<ChaosFault, number>>>;
  /**
   * The longest delay of a slow answer, in milliseconds.
   * @default 500
   */
  readonly slowMs?: number;
  /** Called before each fault. */
  readonly onFault?: (fault: ChaosFault, request: InterceptedRequest) => void;
}

const FAULT_NAMES = Object.keys(CHAOS_FAULTS) as readonly ChaosFault[];
const DEFAULT_RATES = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0.01]));

/**
 * Random but reproducible faults for a sandbox. The fault of the nth call of an operation on a key depends
 * only on the seed, whatever the order of calls on other keys. Memory grows with the number of keys.
 *
 * @throws RangeError if the rates are not shares, or if their sum exceeds 1
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
      `rates: ${JSON.stringify(rates)} is not allowed: give shares from 0 to 1 that add up to 1 at most`,
    );
  }
}

/** The shares are consecutive intervals from 0 on. Beyond the last one, there is no fault. */
function faultAt(fraction: number, rates: NonNullable<ChaosOptions["rates"]>): ChaosFault | undefined {
  let end = 0;
  return FAULT_NAMES.find((name) => {
    end += rates[name] ?? 0;
    return fraction < end;
  });
}

const BITS = 48;

/** A number in [0, 1) that depends only on the parts. */
export function fractionOf(...parts: readonly (string | number)[]): number {
  return (
    createHash("sha256")
      .update(JSON.stringify(parts))
      .digest()
      .readUIntBE(0, BITS / 8) /
    2 ** BITS
  );
}
