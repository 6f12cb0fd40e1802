import type { Intercept, InterceptedRequest } from "../http/intercept.js";
import { CHAOS_FAULTS, type ChaosFault } from "./chaos-fault.js";
import { fractionOf } from "./fraction-of.js";

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
